/** Counts the open connections of each series in the socket table of the kernel, so that a long connection counts while it lives. */
import type {LoadBalancer, Upstream} from '../../core/model/load-balancer.js'
import {allUpstreams} from '../../core/model/owned-listeners.js'
import type {Steps} from '../../core/model/steps.js'
import type {Clock} from '../../util/clock.js'
import {runInSlices} from '../../util/time-slices.js'
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

/** What the sockets count for. */
type Wanted = {readonly index: SocketIndex; readonly series: ReadonlySet<string>}

export class OpenConnections {
  private wanted: Promise<Wanted> = Promise.resolve({index: new SocketIndex(), series: new Set()})
  private build: (() => Promise<Wanted>) | undefined
  private last: {readonly until: number; readonly counts: Promise<SocketCounts>} | undefined

  constructor(private readonly options: OpenConnectionsOptions) {}

  /** Call it when the load balancer changes. The index is built when the counts are requested. */
  update(loadBalancer: LoadBalancer, listeners: readonly KnownListener[]): void {
    this.build = () => runInSlices(wantedOf(loadBalancer, listeners), this.options.clock)
    this.last = undefined
  }

  /** Never rejects: a table that cannot be read has no sockets. */
  counts(): Promise<SocketCounts> {
    const now = this.options.clock.monotonic()
    if (this.last && now < this.last.until) return this.last.counts
    if (this.build) this.wanted = this.build()
    this.build = undefined
    const counts = this.read(this.wanted)
    this.last = {until: Infinity, counts}
    const {last} = this
    void counts.then(() => {
      const end = this.options.clock.monotonic()
      if (this.last === last)
        this.last = {until: end + Math.max(SHORTEST_PERIOD, PARTS * (end - now)), counts}
    })
    return counts
  }

  private async read(wanted: Promise<Wanted>): Promise<SocketCounts> {
    const {own, folder} = this.options
    const {index, series} = await wanted
    const open = new Map([...series].map((each) => [each, 0]))
    let dropped = 0
    for (const table of TABLES) {
      for await (const lines of socketLines(table, folder)) {
        for (const each of lines.map((line) => index.seriesOf(line, table)))
          if (each !== undefined) open.set(each, (open.get(each) ?? 0) + 1)
        if (table === 'udp') for (const line of lines) dropped = dropsOf(line, own) ?? dropped
      }
    }
    return {open, dropped}
  }
}

/** A step for each listener, and for each server of those of UDP. */
function* wantedOf(loadBalancer: LoadBalancer, listeners: readonly KnownListener[]): Steps<Wanted> {
  const index = new SocketIndex()
  const series = new Set<string>()
  const upstreams = new Map(allUpstreams(loadBalancer).map((upstream) => [upstream.name, upstream]))
  for (const {listener, port, owner} of listeners) {
    const {key} = listener
    const each = seriesKey({owner, port, protocol: key.protocol})
    series.add(each)
    if (key.protocol === 'TCP') index.addListener(key, each)
    else
      for (const server of serversOf(listener, upstreams)) {
        index.addServer(server, each)
        yield
      }
    yield
  }
  return {index, series}
}

function serversOf(
  {routes}: KnownListener['listener'],
  upstreams: ReadonlyMap<string, Upstream>,
): Upstream['servers'] {
  const names = routes.flatMap((route) => route.upstreams.map(({name}) => name))
  return names.flatMap((name) => upstreams.get(name)?.servers ?? [])
}
