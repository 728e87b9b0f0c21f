/** Logs which listeners and servers come and go, and at the start how many Services are served. */
import type {Logger} from '../util/logger.js'
import {countServers, type ServedChanges, type ServedListener, type ServerChange} from './served-listeners.js'

export type ServiceCounts = {
  /** Services that were read. */
  readonly read: number
  /** Of these, the ones that select this lbex. */
  readonly selected: number
}

/** Lines of one kind for one reconcile: a start may open thousands of listeners. The others are counted. */
const MOST_LINES = 20
/** Servers in a line. */
const MOST_SERVERS = 5

export class ServedLog {
  private hasStarted = false

  constructor(private readonly log: Logger) {}

  /** A reconcile succeeded. The text is a sentence for people; programs read the field `event`. */
  update(changes: ServedChanges, counts: ServiceCounts): void {
    const {opened, closed, servers} = changes
    if (!this.hasStarted) this.logStart(opened, counts)
    this.hasStarted = true
    this.some(closed, closedLine, (count) => `closed ${more(count)}`)
    this.some(opened, openedLine, (count) => `listening on ${more(count)}`)
    this.some(
      servers,
      serversLine,
      (count) => `servers of ${count === 1 ? '1 more Service' : `${count} more Services`} changed`,
    )
  }

  private logStart(opened: readonly ServedListener[], {read, selected}: ServiceCounts): void {
    const served = new Set(opened.map(({service}) => service)).size
    const services = read === 1 ? '1 Service' : `${read} Services`
    const asking = selected === 1 ? '1 asks for lbex' : `${selected} ask for lbex`
    const event = {type: 'started', read, selected, served}
    this.log.info(`${services}, ${asking}, ${served} served`, {event})
  }

  private some<T>(items: readonly T[], lineOf: (item: T) => Line, restOf: (count: number) => string): void {
    for (const {text, event} of items.slice(0, MOST_LINES).map(lineOf)) this.log.info(text, {event})
    const rest = items.length - MOST_LINES
    if (rest > 0) this.log.info(restOf(rest), {event: {type: 'more', count: rest}})
  }
}

type Line = {readonly text: string; readonly event: object}

function openedLine(listener: ServedListener): Line {
  const {service, listener: place} = listener
  const servers = countServers(listener)
  const count = servers === 1 ? '1 server' : `${servers} servers`
  return {
    text: `listening on ${place} for ${service}, ${count}`,
    event: {type: 'listening', listener: place, service, servers},
  }
}

function closedLine({service, listener}: ServedListener): Line {
  return {text: `closed ${listener} of ${service}`, event: {type: 'closed', listener, service}}
}

function serversLine({service, added, removed}: ServerChange): Line {
  const parts = [...signed('+', added), ...signed('-', removed)]
  return {
    text: `servers of ${service}: ${parts.join(' ')}`,
    event: {type: 'servers', service, added, removed},
  }
}

function signed(sign: '+' | '-', addresses: readonly string[]): string[] {
  const rest = addresses.length - MOST_SERVERS
  const shown = addresses.slice(0, MOST_SERVERS).map((address) => `${sign}${address}`)
  return rest > 0 ? [...shown, `${sign}${rest} more`] : shown
}

function more(count: number): string {
  return count === 1 ? '1 more listener' : `${count} more listeners`
}
