/** Counts the open connections of each series in the socket table of the kernel, so that a long connection counts while it lives. */
import type {LoadBalancer, Upstream} from '../../core/model/load-balancer.js'
import {allUpstreams} from '../../core/model/owned-listeners.js'
import type {Clock} from '../../util/clock.js'
import type {KnownListener} from './known-services.js'
import {socketLines, type Endpoint, type SocketTable} from '../../util/socket-table.js'
import {dropsOf, SocketIndex} from './socket-index.js'
import {seriesKey} from './traffic-counter.js'

const TABLES: readonly SocketTable[] = ['tcp', 'tcp6', 'udp', 'udp6']

/** Milliseconds for which a result is used again. */
const SHORTEST_PERIOD = 1000
/** A pass takes at most one part in so many of the time, however many sockets the host has. */
const PARTS = 20

export type SocketCounts = {
  /** By seriesKey: zero for each listener without a connection. */
  readonly open: ReadonlyMap<string, number>
  /** Datagrams that the kernel dropped before lbex read them. */
  readonly dropped: number
}

export type OpenConnectionsOptions = {
  readonly clock: Pick<Clock, 'monotonic'>
  /** The socket on which lbex receives the lines of NGINX. */
  readonly own: Endpoint
  /** Folder with the tables; default: /proc/net, which has the sockets of the network namespace of lbex and its NGINX. */
  readonly folder?: string
}

export class OpenConnections {
  private index = new SocketIndex()
  private series: readonly string[] = []
  private outdated: (() => void) | undefined
  private last: {readonly until: number; readonly counts: Promise<SocketCounts>} | undefined

  constructor(private readonly options: OpenConnectionsOptions) {}

  /** Call it when the load balancer changes. The index is built when the counts are requested. */
  update(loadBalancer: LoadBalancer, listeners: readonly KnownListener[]): void {
    this.outdated = () => this.rebuild(loadBalancer, listeners)
    this.last = undefined
  }

  /** Never rejects: a table that cannot be read has no sockets. */
  counts(): Promise<SocketCounts> {
    const now = this.options.clock.monotonic()
    if (this.last && now < this.last.until) return this.last.counts
    this.outdated?.()
    const counts = this.read()
    this.last = {until: Infinity, counts}
    const {last} = this
    void counts.then(() => {
      const end = this.options.clock.monotonic()
      if (this.last === last)
        this.last = {until: end + Math.max(SHORTEST_PERIOD, PARTS * (end - now)), counts}
    })
    return counts
  }

  private rebuild(loadBalancer: LoadBalancer, listeners: readonly KnownListener[]): void {
    this.outdated = undefined
    this.index = new SocketIndex()
    const upstreams = new Map(allUpstreams(loadBalancer).map((upstream) => [upstream.name, upstream]))
    const series = new Set<string>()
    for (const known of listeners) series.add(this.add(known, upstreams))
    this.series = [...series]
  }

  private add(
    {listener: {key, routes}, port, owner}: KnownListener,
    upstreams: Map<string, Upstream>,
  ): string {
    const series = seriesKey({owner, port, protocol: key.protocol})
    if (key.protocol === 'TCP') {
      this.index.addListener(key, series)
      return series
    }
    for (const {name} of routes.flatMap((route) => route.upstreams)) {
      for (const server of upstreams.get(name)?.servers ?? []) this.index.addServer(server, series)
    }
    return series
  }

  private async read(): Promise<SocketCounts> {
    const {own, folder} = this.options
    const {index} = this
    const open = new Map(this.series.map((series) => [series, 0]))
    let dropped = 0
    for (const table of TABLES) {
      for await (const lines of socketLines(table, folder)) {
        for (const series of lines.map((line) => index.seriesOf(line, table)))
          if (series !== undefined) open.set(series, (open.get(series) ?? 0) + 1)
        if (table === 'udp') for (const line of lines) dropped = dropsOf(line, own) ?? dropped
      }
    }
    return {open, dropped}
  }
}
