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
import {Repeated} from './repeated.js'
import {RequestLog} from './request-log.js'

/** Milliseconds: a request that hangs must not cost more than one renewal. */
const TO_RENEW = 4000
/** Renewals by another lbex after which it is told: the one that ran before this may still renew while this starts. */
const OF_ANOTHER = 3

export type OwnLeaseOptions = {
  readonly access: Pick<KubeAccess, 'write' | 'delete'>
  readonly namespace: string
  readonly group: string
  /** Of this host: different for each host of the group, the same after a restart. */
  readonly identity: string
  /** What this host tells the others at the moment. */
  readonly announce: () => HostAnnouncement
  readonly clock: Clock
  readonly log: Logger
}

export class OwnLease {
  readonly name: string
  private readonly renewing: Repeated
  private readonly acquireTime: string
  private readonly ofAnother = new Set<string>()

  constructor(private readonly options: OwnLeaseOptions) {
    const {group, identity, clock, log} = options
    this.name = hostLeaseName(group, identity)
    this.acquireTime = microTime(clock.now())
    this.renewing = new Repeated(clock, new RequestLog(log, 'renewing the Lease of this host'))
  }

  /** Never rejects. */
  async renew(signal: AbortSignal): Promise<void> {
    const work = (): Promise<void> =>
      limitTime(TO_RENEW, this.options.clock, signal, (limited) => this.write(limited))
    await this.renewing.attempt(work, signal)
  }

  /** Two lbex with one identity would take turns with their addresses, and the status of Services with them. */
  compare(listed: StoredLease | undefined): void {
    const {acquireTime, renewTime} = listed?.spec ?? {}
    const isNews =
      renewTime !== undefined && acquireTime !== this.acquireTime && !this.ofAnother.has(renewTime)
    if (!isNews || this.ofAnother.size === OF_ANOTHER) return
    this.ofAnother.add(renewTime)
    if (this.ofAnother.size < OF_ANOTHER) return
    const {log, namespace, identity} = this.options
    log.warn('another lbex renews the Lease of this host: give each host of a group an identity of its own', {
      ...{lease: `${namespace}/${this.name}`, identity},
    })
  }

  /** This host no longer serves. Never rejects. */
  async remove(): Promise<void> {
    const {access, clock, log, namespace} = this.options
    const {signal} = new AbortController()
    const object = {namespace, name: this.name}
    try {
      await limitTime(TO_RENEW, clock, signal, (limited) => access.delete(LEASE_RESOURCE, object, limited))
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      const {message, code} = error
      log.warn(
        'could not delete the Lease of this host, its addresses are published until the Lease runs out',
        {
          ...{error: message, code},
        },
      )
    }
  }

  /** A patch, because no other client changes this Lease. */
  private async write(signal: AbortSignal): Promise<void> {
    const {access, namespace, group, clock, announce} = this.options
    const renewTime = microTime(clock.now())
    const metadata = hostMetadata(group, announce())
    const place = {resource: LEASE_RESOURCE, namespace}
    const spec = this.spec(renewTime)
    const patch = {verb: 'patch', ...place, name: this.name, body: {metadata, spec}} as const
    try {
      await access.write(patch, signal)
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'api-absent') throw error
      const body = newLease({namespace, name: this.name}, spec, metadata)
      await access.write({verb: 'create', ...place, body}, signal)
    }
  }

  private spec(renewTime: string): LeaseSpec {
    const {identity: holderIdentity} = this.options
    const times = {acquireTime: this.acquireTime, renewTime, leaseDurationSeconds: HOST_DURATION / 1000}
    return {holderIdentity, ...times, leaseTransitions: 0}
  }
}
