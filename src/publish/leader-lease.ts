/** The Lease of the leader election: its last observed version, and the attempts to acquire or renew it. */
import type {KubeAccess} from '../kube/access.js'
import {ApiFailure} from '../kube/api-failure.js'
import {LEASE_RESOURCE} from '../kube/resource.js'
import type {Clock} from '../util/clock.js'
import {
  isSameSpec,
  leaseWith,
  microTime,
  newLease,
  readLease,
  type LeaseSpec,
  type StoredLease,
} from './lease.js'

/** Milliseconds without a change of the Lease after which another candidate may take it over. */
const LEASE_DURATION = 15_000
/** Maximum milliseconds of a duration in the Lease. */
const MAX_DURATION = 120_000
/** The API type is a signed integer of 32 bits. */
const MAX_TRANSITIONS = 2 ** 31 - 1

export type LeaderLeaseOptions = {
  readonly access: Pick<KubeAccess, 'get' | 'write'>
  readonly namespace: string
  readonly name: string
  readonly identity: string
  readonly clock: Clock
}

/** `held`: by this candidate. `taken`: by another. `conflict`: another client changed the Lease concurrently; retry. */
export type LeaseResult = 'held' | 'taken' | 'conflict'

type ObservedLease = {
  readonly lease: StoredLease
  /** Monotonic time at which this version of the Lease was first read or written. */
  readonly at: number
}

export class LeaderLease {
  private observed: ObservedLease | undefined

  constructor(private readonly options: LeaderLeaseOptions) {}

  async acquireOrRenew(signal: AbortSignal): Promise<LeaseResult> {
    return (await this.renewObserved(signal)) ? 'held' : this.acquire(signal)
  }

  /** True if this candidate holds the last observed Lease. */
  get isOurs(): boolean {
    return this.observed !== undefined && this.holds(this.observed.lease)
  }

  /** Milliseconds until the observed Lease expires unless its holder renews it; 0 if it has no holder. */
  expiresIn(): number {
    const {observed} = this
    if (!observed?.lease.spec.holderIdentity) return 0
    return Math.max(0, observed.at + durationOf(observed.lease) - this.options.clock.monotonic())
  }

  /** The process that holds the last observed Lease; undefined if none does. */
  get holder(): string | undefined {
    return this.observed?.lease.spec.holderIdentity || undefined
  }

  /** Writes an empty holder, so that the next candidate need not wait. */
  async release(signal: AbortSignal): Promise<void> {
    const lease = await this.read(signal)
    if (lease?.spec.holderIdentity !== this.options.identity) return
    const {leaseTransitions = 0} = lease.spec
    const now = this.now()
    const times = {acquireTime: now, renewTime: now}
    const spec = {holderIdentity: '', leaseDurationSeconds: 1, ...times, leaseTransitions}
    await this.update(lease, spec, signal)
  }

  /** Renews the last observed version without reading it again. False if another client has changed the Lease. */
  private async renewObserved(signal: AbortSignal): Promise<boolean> {
    const {observed} = this
    if (!observed || !this.holds(observed.lease) || this.expiresIn() <= 0) return false
    try {
      await this.update(observed.lease, this.specAfter(observed.lease), signal)
      return true
    } catch (error) {
      // The Lease was changed or deleted, or the response to the last renewal was lost: read it again.
      if (hasCode(error, 'api-conflict') || hasCode(error, 'api-absent')) return false
      throw error
    }
  }

  private async acquire(signal: AbortSignal): Promise<LeaseResult> {
    const lease = await this.read(signal)
    // If the Lease was deleted, its last holder stays the leader, and creates it again, until it would have expired.
    const last = lease ?? this.observed?.lease
    if (last && !this.holds(last) && this.expiresIn() > 0) return 'taken'
    try {
      if (lease) await this.update(lease, this.specAfter(lease), signal)
      else await this.create(signal)
      return 'held'
    } catch (error) {
      // Another candidate was faster, or the Lease was deleted since it was read.
      if (hasCode(error, 'api-conflict') || (lease && hasCode(error, 'api-absent'))) return 'conflict'
      throw error
    }
  }

  /** Counts a transition if another candidate held the Lease before, even if that candidate has released it. */
  private specAfter(lease: StoredLease): LeaseSpec {
    const now = this.now()
    const {acquireTime = now, leaseTransitions = 0} = lease.spec
    const isOurs = this.holds(lease)
    return {
      holderIdentity: this.options.identity,
      leaseDurationSeconds: LEASE_DURATION / 1000,
      acquireTime: isOurs ? acquireTime : now,
      renewTime: now,
      leaseTransitions: isOurs ? leaseTransitions : Math.min(leaseTransitions + 1, MAX_TRANSITIONS),
    }
  }

  private async read(signal: AbortSignal): Promise<StoredLease | undefined> {
    const {access, namespace, name} = this.options
    const object = await access.get(LEASE_RESOURCE, {namespace, name}, signal)
    return object && this.observe(readLease(object))
  }

  private async create(signal: AbortSignal): Promise<void> {
    const {access, namespace, name, identity: holderIdentity} = this.options
    const now = this.now()
    const times = {acquireTime: now, renewTime: now, leaseDurationSeconds: LEASE_DURATION / 1000}
    const body = newLease({namespace, name}, {holderIdentity, ...times, leaseTransitions: 0})
    const resource = LEASE_RESOURCE
    this.observe(readLease(await access.write({verb: 'create', resource, namespace, body}, signal)))
  }

  private async update(lease: StoredLease, spec: LeaseSpec, signal: AbortSignal): Promise<void> {
    const {access, namespace, name} = this.options
    const target = {resource: LEASE_RESOURCE, namespace, name}
    const body = leaseWith(lease, spec)
    this.observe(readLease(await access.write({verb: 'update', ...target, body}, signal)))
  }

  private observe(lease: StoredLease): StoredLease {
    const {observed} = this
    const at = observed && isSameSpec(observed.lease, lease) ? observed.at : this.options.clock.monotonic()
    this.observed = {lease, at}
    return lease
  }

  private holds({spec}: StoredLease): boolean {
    return spec.holderIdentity === this.options.identity
  }

  private now(): string {
    return microTime(this.options.clock.now())
  }
}

/** If the Lease has no valid duration, the one of lbex applies. A Lease that was edited by hand must not block the election for years. */
function durationOf({spec: {leaseDurationSeconds}}: StoredLease): number {
  return leaseDurationSeconds ? Math.min(leaseDurationSeconds * 1000, MAX_DURATION) : LEASE_DURATION
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof ApiFailure && error.code === code
}
