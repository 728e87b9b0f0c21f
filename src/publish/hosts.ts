/** The hosts of a group tell each other by Leases that they are there, at which addresses, and whether they are ready. */
import type {KubeAccess} from '../kube/access.js'
import {LEASE_RESOURCE} from '../kube/resource.js'
import {GROUP_LABEL, groupLabel, readHost, type PublishingHost} from './host-record.js'
import {KnownHosts} from './known-hosts.js'
import {readLease, type StoredLease} from './lease.js'
import {limitTime} from './limit-time.js'
import {OwnLease, type OwnLeaseOptions} from './own-lease.js'
import {Repeated} from './repeated.js'
import {RequestLog} from './request-log.js'

/** Milliseconds from one renewal to the next, a tenth more or less; and the least, however often the caller has news. */
const PERIOD = 5000
const SHORTEST_PERIOD = 500
/** Milliseconds. */
const TO_LIST = 4000
const PAGE = 500

export type HostLeasesOptions = OwnLeaseOptions & {
  readonly access: Pick<KubeAccess, 'list' | 'write' | 'delete'>
  /** 0 <= value < 1; default Math.random. */
  readonly random?: () => number
}

export interface HostLeases {
  /** This host, and all others whose Leases are renewed in time, in the order of their names. */
  fresh(): readonly PublishingHost[]
  /** Calls `listener` after each change of `fresh()`; returns what ends that. */
  onChange(listener: () => void): () => void
  /** The addresses or the readiness of this host have changed: tell the others now. */
  update(): void
  /**
   * Ends the renewals. `delete`: this host no longer serves. `keep`: NGINX serves on, and the next lbex renews the Lease.
   * Never rejects.
   */
  stop(lease: 'delete' | 'keep'): Promise<void>
}

/** Renews and reads until `signal` aborts, which keeps the Lease, or until the caller stops it. */
export function shareHosts(options: HostLeasesOptions, signal: AbortSignal): HostLeases {
  return new SharedHosts(options, signal)
}

class SharedHosts implements HostLeases {
  private readonly known = new KnownHosts()
  private readonly own: OwnLease
  private readonly listeners = new Set<() => void>()
  private readonly stopping = new AbortController()
  private readonly running: Promise<void>
  private readonly reading: Repeated
  private readonly skipped = new Set<string>()
  private waiting = new AbortController()
  /** What the listeners know. */
  private told: string

  constructor(
    private readonly options: HostLeasesOptions,
    signal: AbortSignal,
  ) {
    this.own = new OwnLease(options)
    this.reading = new Repeated(options.clock, new RequestLog(options.log, 'reading the Leases of hosts'))
    this.told = JSON.stringify(this.fresh())
    const stop = (): void => this.end()
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, {once: true})
    this.running = this.run().finally(() => signal.removeEventListener('abort', stop))
  }

  fresh(): readonly PublishingHost[] {
    const {identity, announce} = this.options
    const {addresses, ready} = announce()
    const others = this.known.fresh().filter(({name}) => name !== identity)
    return [...others, {name: identity, addresses, ready}].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  update(): void {
    this.waiting.abort()
    this.tell()
  }

  async stop(lease: 'delete' | 'keep'): Promise<void> {
    this.end()
    await this.running
    if (lease === 'delete') await this.own.remove()
  }

  private end(): void {
    this.stopping.abort()
    this.waiting.abort()
  }

  private async run(): Promise<void> {
    const {clock, random = Math.random} = this.options
    const {signal} = this.stopping
    while (!signal.aborted) {
      const waiting = new AbortController()
      this.waiting = waiting
      await Promise.all([this.read(signal), this.own.renew(signal)])
      await clock.delay(SHORTEST_PERIOD, signal)
      await clock.delay(PERIOD * (0.9 + 0.2 * random()) - SHORTEST_PERIOD, waiting.signal)
    }
  }

  private async read(signal: AbortSignal): Promise<void> {
    const {clock} = this.options
    await this.reading.attempt(async () => {
      const leases = await limitTime(TO_LIST, clock, signal, (limited) => this.list(limited))
      this.own.compare(leases.get(this.own.name))
      this.known.observe(leases, clock.monotonic())
      this.tell()
      await limitTime(TO_LIST, clock, signal, (limited) => this.deleteAbandoned(limited))
    }, signal)
  }

  private async list(signal: AbortSignal): Promise<Map<string, StoredLease>> {
    const {access, namespace, group} = this.options
    const options = {namespace, labelSelector: `${GROUP_LABEL}=${groupLabel(group)}`, limit: PAGE}
    const leases = new Map<string, StoredLease>()
    let continueToken: string | undefined
    do {
      const page = await access.list(LEASE_RESOURCE, {...options, continueToken}, signal)
      for (const item of page.items) leases.set(item.metadata.name, readLease(item))
      continueToken = page.continueToken
    } while (continueToken !== undefined)
    for (const [name, lease] of leases) if (!readHost(lease)) this.skip(name)
    return leases
  }

  private skip(name: string): void {
    const {log, namespace} = this.options
    if (!this.skipped.has(name))
      log.warn('skipped a host whose Lease is not valid', {lease: `${namespace}/${name}`})
    this.skipped.add(name)
  }

  /** Hosts that were killed and never came back. One at a time, which is enough. */
  private async deleteAbandoned(signal: AbortSignal): Promise<void> {
    const {access, namespace} = this.options
    const [name] = this.known.abandoned()
    if (name === undefined || name === this.own.name) return
    await access.delete(LEASE_RESOURCE, {namespace, name}, signal)
  }

  private tell(): void {
    const fresh = JSON.stringify(this.fresh())
    if (fresh === this.told) return
    this.told = fresh
    for (const listener of this.listeners) listener()
  }
}
