/** The Lease that makes one candidate the leader: what was observed of it, and each attempt to get or renew it. */
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

/** Milliseconds: a candidate waits so long without a change of the Lease before it takes it over. */
const LEASE_DURATION = 15_000

export type LeaderLeaseOptions = {
  readonly access: Pick<KubeAccess, 'get' | 'write'>
  readonly namespace: string
  readonly name: string
  readonly identity: string
  readonly clock: Clock
}

/** `held`: by this candidate. `taken`: by another. `conflict`: something else changed the Lease at the same time; try again. */
export type Attempt = 'held' | 'taken' | 'conflict'

type Observed = {
  readonly lease: StoredLease
  /** By the monotonic clock: when this version of the Lease was first read or written. */
  readonly at: number
}

export class LeaderLease {
  private observed: Observed | undefined

  constructor(private readonly options: LeaderLeaseOptions) {}

  async acquireOrRenew(signal: AbortSignal): Promise<Attempt> {
    return (await this.renewObserved(signal)) ? 'held' : this.acquire(signal)
  }

  /** As last observed. */
  get isOurs(): boolean {
    return this.observed !== undefined && this.holds(this.observed.lease)
  }

  /** Milliseconds until the Lease of another holder runs out, unless that renews it. */
  expiresIn(): number {
    const {observed} = this
    if (!observed?.lease.spec.holderIdentity) return 0
    return Math.max(0, observed.at + durationOf(observed.lease) - this.options.clock.monotonic())
  }

  /** With an empty holder the next candidate need not wait. */
  async release(signal: AbortSignal): Promise<void> {
    const lease = await this.read(signal)
    if (lease?.spec.holderIdentity !== this.options.identity) return
    const {leaseTransitions = 0} = lease.spec
    const now = this.now()
    const times = {acquireTime: now, renewTime: now}
    const spec = {holderIdentity: '', leaseDurationSeconds: 1, ...times, leaseTransitions}
    await this.update(lease, spec, signal)
  }

  /** Saves the leader a read, as long as nothing else changes the Lease. */
  private async renewObserved(signal: AbortSignal): Promise<boolean> {
    const {observed} = this
    if (!observed || !this.holds(observed.lease) || this.expiresIn() <= 0) return false
    try {
      await this.update(observed.lease, this.specAfter(observed.lease), signal)
      return true
    } catch (error) {
      // The Lease was changed or deleted, or the answer to the last renewal got lost: read it.
      if (hasCode(error, 'api-conflict') || hasCode(error, 'api-absent')) return false
      throw error
    }
  }

  private async acquire(signal: AbortSignal): Promise<Attempt> {
    const lease = await this.read(signal)
    // If a client deleted the Lease, its holder creates it again: until the Lease would have run out, that one is the leader.
    const last = lease ?? this.observed?.lease
    if (last && !this.holds(last) && this.expiresIn() > 0) return 'taken'
    try {
      if (lease) await this.update(lease, this.specAfter(lease), signal)
      else await this.create(signal)
      return 'held'
    } catch (error) {
      // Another candidate was faster, or it was deleted since it was read.
      if (hasCode(error, 'api-conflict') || (lease && hasCode(error, 'api-absent'))) return 'conflict'
      throw error
    }
  }

  /** A Lease that another candidate held counts one more transition, also if that has released it. */
  private specAfter(lease: StoredLease): LeaseSpec {
    const now = this.now()
    const {acquireTime = now, leaseTransitions = 0} = lease.spec
    const isOurs = this.holds(lease)
    return {
      holderIdentity: this.options.identity,
      leaseDurationSeconds: LEASE_DURATION / 1000,
      acquireTime: isOurs ? acquireTime : now,
      renewTime: now,
      leaseTransitions: isOurs ? leaseTransitions : leaseTransitions + 1,
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
    const place = {resource: LEASE_RESOURCE, namespace, name}
    const body = leaseWith(lease, spec)
    this.observe(readLease(await access.write({verb: 'update', ...place, body}, signal)))
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

/** Without a usable duration the Lease counts as one of lbex. */
function durationOf({spec: {leaseDurationSeconds}}: StoredLease): number {
  return leaseDurationSeconds ? leaseDurationSeconds * 1000 : LEASE_DURATION
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof ApiFailure && error.code === code
}
