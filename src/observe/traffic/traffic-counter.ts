/** The counts of all Services: one series for each Service, listen port and protocol. */
import type {ListenerKey} from '../../core/model/listener-key.js'
import type {LoadBalancer} from '../../core/model/load-balancer.js'
import type {Clock} from '../../util/clock.js'
import {countSession, newCounts, type Counts} from './counters.js'
import {KnownServices, REMEMBERED, type ServiceName} from './known-services.js'
import type {Session} from './session-line.js'

export type Series = {
  /** Id of the Service; empty: several Services share the listener, and none of them is known. */
  readonly owner: string
  readonly port: number
  readonly protocol: ListenerKey['protocol']
  readonly counts: Counts
  /** Monotonic milliseconds of the last session, or of the last load balancer with this listener. */
  usedAt: number
}

export type CounterOptions = {
  readonly clock: Pick<Clock, 'monotonic'>
  readonly perServer: boolean
}

export class TrafficCounter {
  private readonly services = new KnownServices()
  private readonly series = new Map<string, Series>()
  private servedKeys: ReadonlySet<string> = new Set()
  private isSynced = false
  private unknownSessions = 0

  constructor(private readonly options: CounterOptions) {}

  /** Sessions of Services that are not known. */
  get unknown(): number {
    return this.unknownSessions
  }

  /** The number of series. */
  get size(): number {
    return this.series.size
  }

  get known(): Pick<KnownServices, 'listeners'> {
    return this.services
  }

  /**
   * Call it when the load balancer changes. Each of its listeners has a series from then on, so that the first session shows as an
   * increase.
   */
  update(loadBalancer: LoadBalancer): void {
    const now = this.options.clock.monotonic()
    this.services.update(loadBalancer, now)
    const served = new Set<string>()
    for (const {listener, port, owner, owners} of this.services.listeners) {
      const {protocol} = listener.key
      for (const id of new Set([owner, ...owners])) {
        const series = this.seriesOf(id, {port, protocol})
        series.usedAt = now
        served.add(seriesKey(series))
      }
    }
    this.servedKeys = served
    this.isSynced = true
    this.forget(now)
  }

  /** `weight`: the number of sessions that this one counts for. Returns the name of its Service; undefined if it is not known. */
  count(session: Session, weight: number): ServiceName | undefined {
    const owner = this.services.ownerOf(session)
    const name = this.services.nameOf(owner)
    if (!name && this.isSynced) {
      this.unknownSessions += weight
      return undefined
    }
    const series = this.seriesOf(owner, {port: this.services.portOf(session), protocol: session.protocol})
    series.usedAt = this.options.clock.monotonic()
    countSession(series.counts, session, {weight, perServer: this.options.perServer, now: series.usedAt})
    return name
  }

  /** Each series with the name of its Service. */
  *named(): Iterable<readonly [Series, ServiceName]> {
    for (const series of this.series.values()) {
      const name = this.services.nameOf(series.owner)
      if (name) yield [series, name]
    }
  }

  /** As named(), of the listeners of the load balancer only. */
  *served(): Iterable<readonly [Series, ServiceName]> {
    for (const each of this.named()) if (this.servedKeys.has(seriesKey(each[0]))) yield each
  }

  private seriesOf(owner: string, {port, protocol}: Pick<ListenerKey, 'port' | 'protocol'>): Series {
    const key = seriesKey({owner, port, protocol})
    let series = this.series.get(key)
    if (!series) this.series.set(key, (series = {owner, port, protocol, counts: newCounts(), usedAt: 0}))
    return series
  }

  /** Before the first load balancer, sessions are counted by the id of their Service; some of these Services may be gone. */
  private forget(now: number): void {
    for (const [key, series] of this.series) {
      const {owner, usedAt, counts} = series
      if (!this.services.nameOf(owner)) this.unknownSessions += counts.connections
      else if (now - usedAt <= REMEMBERED) {
        forgetServers(counts, now)
        continue
      }
      this.series.delete(key)
    }
  }
}

export function seriesKey({owner, port, protocol}: Pick<Series, 'owner' | 'port' | 'protocol'>): string {
  return `${owner}|${port}|${protocol}`
}

function forgetServers({servers}: Counts, now: number): void {
  for (const [server, {usedAt}] of servers) if (now - usedAt > REMEMBERED) servers.delete(server)
}
