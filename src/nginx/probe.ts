/** Finds out which listeners NGINX could not get, before it refuses a whole configuration for the sake of one. */
import {createSocket} from 'node:dgram'
import {createServer} from 'node:net'
import {isWildcard, type ListenerKey} from '../config/listener-key.js'
import {bindProblem} from './complaint.js'
import {inBatches} from './in-batches.js'
import {onPortsOf, overlaps, portId} from './listeners.js'
import type {HeldListener} from './nginx-edge.js'

/** Sockets that are open at the same time. */
const BATCH = 64

/** A listener to be tried. */
export type Trial = {
  readonly key: ListenerKey
  /** 0, any free port, where only the address can be tried; the port of `key` by default. */
  readonly port?: 0
}

/** What lbex itself has too little of says nothing about the listener: NGINX finds out. */
const OUR_LACK: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'])

/** Binds each listener for a moment; returns those that cannot be had, with the problem in words. */
export async function probeListeners(trials: readonly Trial[]): Promise<HeldListener[]> {
  const problems = await inBatches(trials, BATCH, async ({key, port = key.port}) => {
    const error = await (key.protocol === 'TCP' ? bindTcp({...key, port}) : bindUdp({...key, port}))
    if (!error || OUR_LACK.has(error.code ?? '')) return undefined
    return {key, problem: bindProblem(error.code ?? '', error.message)}
  })
  return problems.flatMap((problem) => problem ?? [])
}

/**
 * How to try the listeners that NGINX does not have, beside those that it has (`held`). Nothing can be bound where its
 * wildcard is, but an address that the host lacks shows on any port. Its addresses leave nothing to try of a wildcard.
 */
export function notHeld(keys: readonly ListenerKey[], held: readonly ListenerKey[]): Trial[] {
  const byPort = new Map<string, ListenerKey[]>()
  for (const key of onPortsOf(keys, held)) byPort.set(portId(key), [...(byPort.get(portId(key)) ?? []), key])
  return keys.flatMap((key) => trialOf(key, byPort.get(portId(key)) ?? []))
}

function trialOf(key: ListenerKey, held: readonly ListenerKey[]): Trial[] {
  const rivals = held.filter((other) => overlaps(key, other))
  if (rivals.length === 0) return [{key}]
  const isHeld = rivals.some(({address}) => address === key.address)
  return isHeld || isWildcard(key.address) ? [] : [{key, port: 0}]
}

function bindTcp({address, port}: ListenerKey): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy())
    server.on('error', resolve)
    server.listen({host: address, port, exclusive: true, ipv6Only: true}, () =>
      server.close(() => resolve(undefined)),
    )
  })
}

/** Without SO_REUSEADDR or SO_REUSEPORT: with them two programs would share the port, and split the datagrams. */
function bindUdp({address, port}: ListenerKey): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const ipv6 = address.includes(':')
    const socket = createSocket({type: ipv6 ? 'udp6' : 'udp4', ipv6Only: ipv6})
    socket.on('error', (error) => {
      socket.close()
      resolve(error)
    })
    socket.bind({address, port, exclusive: true}, () => socket.close(() => resolve(undefined)))
  })
}
