/** Publishing in `lbex run`: checks permissions, then starts the leader election, the host Leases and the publisher. */
import {once} from 'node:events'
import type {ReconcileOutcome} from '../../controller/reconcile.js'
import type {IntentOptions} from '../../core/intent/options.js'
import {Failure} from '../../diagnostics/failure.js'
import {describeAttempt, neededRuleInline} from '../../kube/resource.js'
import {electLeader, type LeaderElection} from '../../publish/election.js'
import {leaderLeaseName, type NamedAddress} from '../../publish/host-record.js'
import {shareHosts, type HostLeases} from '../../publish/hosts.js'
import {HOST_DURATION, ONCE_DURATION} from '../../publish/known-hosts.js'
import type {PublishMoment} from '../../publish/moment.js'
import type {OnWrite} from '../../publish/paced-writes.js'
import {createPublisher, type Publisher} from '../../publish/publisher.js'
import {missingPermissions} from '../../publish/missing-permissions.js'
import {permissionsToPublish} from '../../publish/permissions.js'
import type {PublishingDetails} from '../../publish/publishing-details.js'
import {Backoff} from '../../util/backoff.js'
import type {Clock} from '../../util/clock.js'
import {followSignals} from '../../util/follow-signals.js'
import type {Logger} from '../../util/logger.js'
import {announceHost} from './announce-host.js'
import {OwnAddresses} from './own-addresses.js'
import {GroupView} from './publishing-group.js'
import type {ClusterEdge} from './source.js'

export type PublishingDeps = ClusterEdge & {
  readonly clock: Clock
  readonly log: Logger
  readonly onWrite: OnWrite
}

export type PublishingOptions = {
  readonly mode: 'auto' | 'on'
  readonly selection: IntentOptions
  readonly group: string
  /** The namespace of the Leases. */
  readonly namespace: string
  /** The namespaces of the Services; empty for all. */
  readonly namespaces: readonly string[]
  /** What a Service listens on if it selects no addresses. */
  readonly listenAddresses: readonly string[]
  /** What a Service can select, wildcards included. */
  readonly selectable: readonly NamedAddress[]
  readonly publishAddresses: readonly string[]
  readonly writesPerSecond: number
  readonly finalizer: boolean
  /** The Lease of this host is not renewed, because lbex ends after its first reconcile. */
  readonly runsOnce: boolean
  /** The name of this host in Events. */
  readonly hostName: string
  /** Identifies this host in the group; the same after a restart. */
  readonly identity: string
  /** Identifies this process in the leader election. */
  readonly candidate: string
}

type PublishingParts = {
  readonly hosts: HostLeases
  /** See PublishingHosts. */
  readonly known: Promise<void>
  readonly election: LeaderElection
  readonly publisher: Publisher
}

/** Milliseconds between two checks of missing permissions. */
const PERMISSION_CHECK_INTERVAL = 600_000
/** Milliseconds after which lbex logs that it cannot list the other hosts. */
const HOSTS_TIMEOUT = 20_000
const UNLISTED_HINT =
  'lbex needs permission to list leases.coordination.k8s.io in --publish-namespace; else set --publish-address to the same addresses on all hosts'
/** Milliseconds that the last writes may take when lbex stops. */
const FLUSH_TIMEOUT = 2000

export class Publishing {
  private readonly ending = new AbortController()
  readonly group: GroupView
  private parts: PublishingParts | undefined
  private running: Promise<void> = Promise.resolve()
  private latest: PublishMoment | undefined
  private isReady: () => boolean = () => false
  private wasReady = false
  private isOver = false

  constructor(
    private readonly deps: PublishingDeps,
    private readonly options: PublishingOptions,
  ) {
    this.group = new GroupView(options.publishAddresses)
  }

  /** Starts in the background, so that lbex never waits for the API server. `isReady`: whether this host serves. */
  start(isReady: () => boolean): void {
    this.isReady = isReady
    this.running = this.run(this.ending.signal).catch((error: unknown) => {
      if (!this.ending.signal.aborted) this.fail(error)
    })
  }

  /** After a bug, another host of the group must become the leader. */
  private fail(error: unknown): void {
    const {message, stack} = error instanceof Error ? error : new Error(String(error))
    this.deps.log.error('publishing stopped because of an error', {error: message, stack})
    void this.parts?.election.release().catch(() => {})
  }

  /** Call this after each reconcile. */
  update({snapshot, translation, diagnostics, applied}: ReconcileOutcome): void {
    const {quarantined} = applied
    this.latest = {
      ...{services: snapshot.services, translated: translation.services},
      ...{diagnostics, quarantined},
    }
    this.announce()
    this.parts?.publisher.update(this.latest)
  }

  /** Updates the host Lease if the readiness of this host has changed. */
  announce(): void {
    const ready = this.isReady()
    if (ready === this.wasReady) return
    this.wasReady = ready
    this.parts?.hosts.update()
  }

  moment(): {readonly waiting: number; readonly isLeader: boolean} {
    const {publisher, election} = this.parts ?? {}
    return {waiting: publisher?.details.pending ?? 0, isLeader: election?.isLeader ?? false}
  }

  /** Undefined until publishing has started. */
  details(): PublishingDetails | undefined {
    const {parts} = this
    if (!parts) return undefined
    const {election, hosts, publisher} = parts
    return {leader: election.details, own: hosts.own, fresh: hosts.fresh(), writes: publisher.details}
  }

  /** Resolves with true when this host is the leader and has written everything, or with false after `milliseconds`. */
  async flush(milliseconds: number): Promise<boolean> {
    const {clock} = this.deps
    const end = clock.monotonic() + milliseconds
    while (this.parts?.election.isLeader !== true) {
      if (clock.monotonic() >= end || this.ending.signal.aborted) return false
      await clock.delay(50, this.ending.signal)
    }
    await this.parts.publisher.flush(Math.max(0, end - clock.monotonic()))
    return clock.monotonic() < end
  }

  /** `drain`: this host no longer serves. `leave`: NGINX keeps serving. Never rejects. */
  async stop(how: 'drain' | 'leave'): Promise<void> {
    if (this.isOver) return
    this.isOver = true
    const {parts} = this
    if (parts?.election.isLeader) await parts.publisher.flush(FLUSH_TIMEOUT)
    await Promise.all([parts?.election.release(), parts?.hosts.stop(how === 'drain' ? 'delete' : 'keep')])
    this.ending.abort()
    await this.running
  }

  private async run(signal: AbortSignal): Promise<void> {
    if (!(await this.waitForPermissions(signal))) return
    const parts = await this.open(signal)
    if (this.isOver) return
    this.parts = parts
    this.group.open(parts)
    if (this.latest) parts.publisher.update(this.latest)
    if (this.options.publishAddresses.length === 0) await parts.known
    await parts.publisher.run(signal)
  }

  /**
   * A leader that does not know the other hosts would remove their addresses, and they those of this host. With --publish-address,
   * the leader needs the other hosts only for Services that select addresses, and does not wait longer than HOSTS_TIMEOUT.
   */
  private async waitForHosts({listed}: HostLeases, signal: AbortSignal): Promise<void> {
    const {clock, log} = this.deps
    await followSignals([signal], async (own) => {
      void listed.then(() => own.abort())
      await clock.delay(HOSTS_TIMEOUT, own.signal)
      if (own.signal.aborted || this.options.publishAddresses.length > 0) return
      log.warn('not publishing: the other hosts of the group are not known', {hint: UNLISTED_HINT})
      await once(own.signal, 'abort')
    })
  }

  private async open(signal: AbortSignal): Promise<PublishingParts> {
    const {access, states, clock, log, onWrite} = this.deps
    const {group, namespace, listenAddresses, publishAddresses, identity, candidate, runsOnce} = this.options
    const {selectable: listen} = this.options
    const addresses = new OwnAddresses({clock, log, listenAddresses, server: access.server})
    await addresses.read(signal)
    if (addresses.current.length === 0 && publishAddresses.length === 0)
      log.warn('this host has no address to publish', {hint: 'set one with --publish-address'})
    const common = {access, namespace, clock, log}
    const announce = announceHost(() => ({addresses: addresses.current, listen, ready: this.isReady()}), log)
    const lease = {group, identity, announce, duration: runsOnce ? ONCE_DURATION : HOST_DURATION}
    const hosts = shareHosts({...common, ...lease}, signal)
    void addresses.watch(() => hosts.update(), signal)
    const name = leaderLeaseName(group)
    const election = electLeader({...common, name, identity: candidate}, signal)
    const known = this.waitForHosts(hosts, signal)

    const publisher = createPublisher(
      {
        access,
        states,
        leadership: election,
        hosts: {fresh: () => hosts.fresh(), onChange: (listener) => hosts.onChange(listener), known},
        clock,
        log,
        onWrite,
      },
      {...this.options, addresses: publishAddresses},
    )
    return {hosts, known, election, publisher}
  }

  /** Checks the permissions until none is missing. False if `signal` aborts before. */
  private async waitForPermissions(signal: AbortSignal): Promise<boolean> {
    const {clock} = this.deps
    const backoff = new Backoff({initial: 500, limit: 30_000})
    let isLogged = false
    while (!signal.aborted) {
      try {
        if (await this.checkPermissions(signal, isLogged)) return true
        isLogged = true
        await clock.delay(PERMISSION_CHECK_INTERVAL, signal)
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        await clock.delay(backoff.next(), signal)
      }
    }
    return false
  }

  private async checkPermissions(signal: AbortSignal, isLogged: boolean): Promise<boolean> {
    const {access, log} = this.deps
    const {mode, group, namespace: leaseNamespace, namespaces, finalizer} = this.options
    const permissions = permissionsToPublish({namespaces, leaseNamespace, finalizer})
    const missing = await missingPermissions(access, permissions, signal)
    if (missing.length === 0) {
      log.info('publishing status and Events', {group, namespace: leaseNamespace})
      return true
    }
    const [first] = missing
    const fields = {missing: missing.map(describeAttempt), ...(first && {hint: neededRuleInline(first)})}
    if (mode === 'on') log.warn('publishing status and Events although permissions are missing', fields)
    else if (!isLogged) log.info('not publishing status and Events: permissions are missing', fields)
    return mode === 'on'
  }
}
