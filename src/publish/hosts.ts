/** Hosts of a group share their addresses and readiness through Leases, one for each host. */
import type {KubeAccess} from '../kube/access.js'
import {LEASE_RESOURCE} from '../kube/resource.js'
import {GROUP_LABEL, groupLabel, readHost, type HostAnnouncement, type PublishingHost} from './host-record.js'
import {KnownHosts} from './known-hosts.js'
import {readLease, type StoredLease} from './lease.js'
import {limitTime} from './limit-time.js'
import {OwnLease, type OwnLeaseOptions} from './own-lease.js'
import type {OwnLeaseDetails} from './publishing-details.js'
import {RepeatedRequest} from './repeated-request.js'
import {RequestLog} from './request-log.js'

/** Milliseconds between renewals, with 10 % jitter, and the minimum when the caller reports changes. */
const PERIOD = 5000
const MIN_PERIOD = 500
/** Milliseconds. */
const LIST_TIMEOUT = 4000
const PAGE_SIZE = 500

export type HostLeasesOptions = OwnLeaseOptions & {
  readonly access: Pick<KubeAccess, 'list' | 'write' | 'delete'>
  /** 0 <= value < 1; default Math.random. */
  readonly random?: () => number
}

export interface HostLeases {
  /** This host, and all others whose Leases are renewed in time, sorted by name. */
  fresh(): readonly PublishingHost[]
  /** The Lease of this host. */
  readonly own: OwnLeaseDetails
  /** Resolves after the first successful list; before that the other hosts are not known. */
  readonly listed: Promise<void>
  /** Calls `listener` after each change of `fresh()`; returns a function that removes the listener. */
  onChange(listener: () => void): () => void
  /** The addresses or the readiness of this host have changed: renews the Lease now. */
  update(): void
  /**
   * Stops renewing. `delete`: this host no longer serves. `keep`: NGINX keeps serving, and the next lbex renews the Lease.
   * Never rejects.
   */
  stop(lease: 'delete' | 'keep'): Promise<void>
}

/** The hosts of the group, each with the addresses that clients may connect to. */
export type PublishingHosts = {
  readonly fresh: () => readonly HostAnnouncement[]
  readonly onChange: (listener: () => void) => unknown
  /** Resolves when `fresh` has the hosts that renewed their Leases before lbex started. */
  readonly known: Promise<unknown>
}

/** Renews and lists the Leases until `signal` aborts (which keeps the own Lease) or the caller calls `stop`. */
export function shareHosts(options: HostLeasesOptions, signal: AbortSignal): HostLeases {
  return new SharedHosts(options, signal)
}

class SharedHosts implements HostLeases {
  private readonly known = new KnownHosts()
  private readonly lease: OwnLease
  private readonly listeners = new Set<() => void>()
  private readonly stopping = new AbortController()
  private readonly running: Promise<void>
  private readonly reading: RepeatedRequest
  private readonly skipped = new Set<string>()
  readonly listed: Promise<void>
  private sleeping = new AbortController()
  private onListed: () => void = () => {}
  /** `fresh()` as of the last notification, as JSON. */
  private lastNotified: string

  constructor(
    private readonly options: HostLeasesOptions,
    signal: AbortSignal,
  ) {
    this.lease = new OwnLease(options)
    this.listed = new Promise((resolve) => (this.onListed = resolve))
    this.reading = new RepeatedRequest(
      options.clock,
      new RequestLog(options.log, 'listing the Leases of the group'),
    )
    this.lastNotified = JSON.stringify(this.fresh())
    const stop = (): void => this.end()
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, {once: true})
    this.running = this.run().finally(() => signal.removeEventListener('abort', stop))
  }

  fresh(): readonly PublishingHost[] {
    const {identity, announce} = this.options
    const others = this.known.fresh().filter(({name}) => name !== identity)
    return [...others, {name: identity, ...announce()}].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  get own(): OwnLeaseDetails {
    return this.lease.details
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  update(): void {
    this.sleeping.abort()
    this.notifyIfChanged()
  }

  async stop(lease: 'delete' | 'keep'): Promise<void> {
    this.end()
    await this.running
    if (lease === 'delete') await this.lease.remove()
  }

  private end(): void {
    this.stopping.abort()
    this.sleeping.abort()
  }

  private async run(): Promise<void> {
    const {clock, random = Math.random} = this.options
    const {signal} = this.stopping
    while (!signal.aborted) {
      const sleeping = new AbortController()
      this.sleeping = sleeping
      await Promise.all([this.read(signal), this.lease.renew(signal)])
      await clock.delay(MIN_PERIOD, signal)
      await clock.delay(PERIOD * (0.9 + 0.2 * random()) - MIN_PERIOD, sleeping.signal)
    }
  }

  private async read(signal: AbortSignal): Promise<void> {
    const {clock} = this.options
    await this.reading.attempt(async () => {
      const leases = await limitTime(LIST_TIMEOUT, clock, signal, (limited) => this.list(limited))
      this.lease.detectDuplicate(leases.get(this.lease.name))
      this.known.observe(leases, clock.monotonic(), clock.now())
      this.onListed()
      this.notifyIfChanged()
      await limitTime(LIST_TIMEOUT, clock, signal, (limited) => this.deleteAbandoned(limited))
    }, signal)
  }

  private async list(signal: AbortSignal): Promise<Map<string, StoredLease>> {
    const {access, namespace, group} = this.options
    const options = {namespace, labelSelector: `${GROUP_LABEL}=${groupLabel(group)}`, limit: PAGE_SIZE}
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
      log.warn('host skipped: its Lease is not valid', {lease: `${namespace}/${name}`})
    this.skipped.add(name)
  }

  /** Deletes the Leases of hosts that never came back: one for each list, because there are few. */
  private async deleteAbandoned(signal: AbortSignal): Promise<void> {
    const {access, namespace} = this.options
    const [name] = this.known.abandoned()
    if (name === undefined || name === this.lease.name) return
    await access.delete(LEASE_RESOURCE, {namespace, name}, signal)
  }

  private notifyIfChanged(): void {
    const fresh = JSON.stringify(this.fresh())
    if (fresh === this.lastNotified) return
    this.lastNotified = fresh
    for (const listener of this.listeners) listener()
  }
}
