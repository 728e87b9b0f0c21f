/** The Lease of this host in its group. */
import {Failure} from '../diagnostics/failure.js'
import type {KubeAccess} from '../kube/access.js'
import {LEASE_RESOURCE} from '../kube/resource.js'
import type {Clock} from '../util/clock.js'
import type {Logger} from '../util/logger.js'
import {hostLeaseName, hostMetadata, type HostAnnouncement} from './host-record.js'
import {HOST_DURATION} from './known-hosts.js'
import {microTime, newLease, type LeaseSpec, type StoredLease} from './lease.js'
import {limitTime} from './limit-time.js'
import type {OwnLeaseDetails} from './publishing-details.js'
import {RepeatedRequest} from './repeated-request.js'
import {RequestLog} from './request-log.js'

/** Milliseconds. A request that hangs must not delay more than one renewal. */
const REQUEST_TIMEOUT = 4000
/** Renewals by another lbex before a warning: the previous lbex of this host may still renew while this one starts. */
const FOREIGN_RENEWALS = 3

export type OwnLeaseOptions = {
  readonly access: Pick<KubeAccess, 'write' | 'delete'>
  readonly namespace: string
  readonly group: string
  /** Of this host: different for each host of the group, the same after a restart. */
  readonly identity: string
  /** The current addresses and readiness of this host. */
  readonly announce: () => HostAnnouncement
  /** Milliseconds for which the host counts as fresh after a renewal; default: HOST_DURATION. */
  readonly duration?: number
  readonly clock: Clock
  readonly log: Logger
}

export class OwnLease {
  readonly name: string
  private readonly renewing: RepeatedRequest
  private readonly acquireTime: string
  private readonly foreignRenewals = new Set<string>()
  private wasReady = false
  /** Monotonic time of the last renewal. */
  private renewedAt: number | undefined

  constructor(private readonly options: OwnLeaseOptions) {
    const {group, identity, clock, log} = options
    this.name = hostLeaseName(group, identity)
    this.acquireTime = microTime(clock.now())
    this.renewing = new RepeatedRequest(clock, new RequestLog(log, 'renewing the Lease of this host'))
  }

  get details(): OwnLeaseDetails {
    const {namespace, clock} = this.options
    const renewedAgo = this.renewedAt === undefined ? undefined : clock.monotonic() - this.renewedAt
    return {lease: `${namespace}/${this.name}`, ...(renewedAgo !== undefined && {renewedAgo})}
  }

  /**
   * Does nothing before the host is ready for the first time: the previous lbex of this host may have left NGINX serving, and
   * its Lease says so until it expires. Never rejects.
   */
  async renew(signal: AbortSignal): Promise<void> {
    this.wasReady ||= this.options.announce().ready
    if (!this.wasReady) return
    const work = (): Promise<void> =>
      limitTime(REQUEST_TIMEOUT, this.options.clock, signal, async (limited) => {
        await this.write(limited)
        this.renewedAt = this.options.clock.monotonic()
      })
    await this.renewing.attempt(work, signal)
  }

  /** Detects another lbex with the same identity: the two would overwrite each other's addresses in turn. */
  detectDuplicate(listed: StoredLease | undefined): void {
    const {acquireTime, renewTime} = listed?.spec ?? {}
    const isForeign =
      renewTime !== undefined && acquireTime !== this.acquireTime && !this.foreignRenewals.has(renewTime)
    if (!isForeign || this.foreignRenewals.size === FOREIGN_RENEWALS) return
    this.foreignRenewals.add(renewTime)
    if (this.foreignRenewals.size < FOREIGN_RENEWALS) return
    const {log, namespace, identity} = this.options
    log.warn(
      'another lbex renews the Lease of this host: every host of a group needs its own host name or --nginx-dir',
      {
        ...{lease: `${namespace}/${this.name}`, identity},
      },
    )
  }

  /** Call this when the host no longer serves. Never rejects. */
  async remove(): Promise<void> {
    const {access, clock, log, namespace} = this.options
    const {signal} = new AbortController()
    const object = {namespace, name: this.name}
    try {
      await limitTime(REQUEST_TIMEOUT, clock, signal, (limited) =>
        access.delete(LEASE_RESOURCE, object, limited),
      )
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      const {message, code} = error
      log.warn(
        'could not delete the Lease of this host; its addresses stay published until the Lease expires',
        {
          ...{error: message, code},
        },
      )
    }
  }

  /** A patch without a resourceVersion, because no other client changes this Lease. */
  private async write(signal: AbortSignal): Promise<void> {
    const {access, namespace, group, clock, announce} = this.options
    const renewTime = microTime(clock.now())
    const metadata = hostMetadata(group, announce())
    const target = {resource: LEASE_RESOURCE, namespace}
    const spec = this.spec(renewTime)
    const patch = {verb: 'patch', ...target, name: this.name, body: {metadata, spec}} as const
    try {
      await access.write(patch, signal)
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'api-absent') throw error
      const body = newLease({namespace, name: this.name}, spec, metadata)
      await access.write({verb: 'create', ...target, body}, signal)
    }
  }

  private spec(renewTime: string): LeaseSpec {
    const {identity: holderIdentity, duration = HOST_DURATION} = this.options
    const times = {acquireTime: this.acquireTime, renewTime, leaseDurationSeconds: duration / 1000}
    return {holderIdentity, ...times, leaseTransitions: 0}
  }
}
