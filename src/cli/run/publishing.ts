/** `lbex run` publishes what it serves: rights, leader election, Leases of hosts and the publisher, put together. */
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {PublishFlags} from '../flags/publish.js'
import type {ReconcileOutcome} from '../../controller/reconcile.js'
import type {ClassSelection} from '../../core/intent/service-class.js'
import {Failure} from '../../diagnostics/failure.js'
import {podEnvironment} from '../../kube/in-cluster-credentials.js'
import {describeAttempt, neededRuleInline} from '../../kube/resource.js'
import {electLeader, type LeaderElection} from '../../publish/election.js'
import {leaderLeaseName} from '../../publish/host-record.js'
import {shareHosts, type HostLeases} from '../../publish/hosts.js'
import type {PublishMoment} from '../../publish/moment.js'
import type {OnWrite} from '../../publish/paced-writes.js'
import {createPublisher, type Publisher} from '../../publish/publisher.js'
import {missingRights} from '../../publish/missing-rights.js'
import {rightsToPublish} from '../../publish/rights.js'
import {Backoff} from '../../util/backoff.js'
import type {Clock} from '../../util/clock.js'
import type {Logger} from '../../util/logger.js'
import {ownAddresses} from './own-addresses.js'
import type {ClusterEdge} from './source.js'

export type PublishingDeps = ClusterEdge & {
  readonly clock: Clock
  readonly log: Logger
  readonly onWrite: OnWrite
}

export type PublishingOptions = {
  readonly mode: 'auto' | 'on'
  readonly selection: ClassSelection
  readonly group: string
  /** Of the Leases. */
  readonly namespace: string
  /** Of the Services; empty for all. */
  readonly namespaces: readonly string[]
  readonly listenAddresses: readonly string[]
  readonly publishAddresses: readonly string[]
  readonly writesPerSecond: number
  readonly finalizer: boolean
  /** In Events. */
  readonly hostName: string
  /** Of this host in the group: the same after a restart. */
  readonly identity: string
  /** Of this process. */
  readonly candidate: string
}

type Parts = {
  readonly hosts: HostLeases
  readonly election: LeaderElection
  readonly publisher: Publisher
}

/** Milliseconds until the rights are asked for again. */
const ASK_AGAIN = 600_000
/** Milliseconds for what is left to be written at the end. */
const TO_FLUSH = 2000

export class Publishing {
  private readonly ending = new AbortController()
  private parts: Parts | undefined
  private running: Promise<void> = Promise.resolve()
  private latest: PublishMoment | undefined
  private isReady: () => boolean = () => false
  private wasReady = false
  private isOver = false

  constructor(
    private readonly deps: PublishingDeps,
    private readonly options: PublishingOptions,
  ) {}

  /** Begins in the background: nothing waits for the API server. `isReady` tells whether this host serves. */
  start(isReady: () => boolean): void {
    this.isReady = isReady
    this.running = this.run(this.ending.signal).catch((error: unknown) => {
      if (!this.ending.signal.aborted) this.deps.log.error('publishing has ended', {error: String(error)})
    })
  }

  /** Takes what is served now. */
  update({snapshot, translation, diagnostics, applied}: ReconcileOutcome): void {
    const {quarantined} = applied
    this.latest = {
      ...{services: snapshot.services, translated: translation.services},
      ...{diagnostics, quarantined},
    }
    this.announce()
    this.parts?.publisher.update(this.latest)
  }

  /** Tells the group if this host has become ready, or no longer is. */
  announce(): void {
    const ready = this.isReady()
    if (ready === this.wasReady) return
    this.wasReady = ready
    this.parts?.hosts.update()
  }

  moment(): {readonly waiting: number; readonly isLeader: boolean} {
    const {publisher, election} = this.parts ?? {}
    return {waiting: publisher?.waiting ?? 0, isLeader: election?.isLeader ?? false}
  }

  /** Resolves when this host leads and all is written, or after `milliseconds`. */
  async flush(milliseconds: number): Promise<void> {
    const {clock} = this.deps
    const end = clock.monotonic() + milliseconds
    while (this.parts?.election.isLeader !== true) {
      if (clock.monotonic() >= end || this.ending.signal.aborted) return
      await clock.delay(50, this.ending.signal)
    }
    await this.parts.publisher.flush(Math.max(0, end - clock.monotonic()))
  }

  /** `drain`: this host no longer serves. `leave`: NGINX serves on. Never rejects. */
  async stop(how: 'drain' | 'leave'): Promise<void> {
    if (this.isOver) return
    this.isOver = true
    const {parts} = this
    if (parts?.election.isLeader) await parts.publisher.flush(TO_FLUSH)
    await Promise.all([parts?.election.release(), parts?.hosts.stop(how === 'drain' ? 'delete' : 'keep')])
    this.ending.abort()
    await this.running
  }

  private async run(signal: AbortSignal): Promise<void> {
    if (!(await this.isAllowed(signal))) return
    const parts = await this.begin(signal)
    if (this.isOver) return
    this.parts = parts
    if (this.latest) parts.publisher.update(this.latest)
    await parts.publisher.run(signal)
  }

  private async begin(signal: AbortSignal): Promise<Parts> {
    const {access, states, clock, log, onWrite} = this.deps
    const {group, namespace, listenAddresses, publishAddresses, identity, candidate} = this.options
    const addresses = await ownAddresses(listenAddresses, access.server)
    if (addresses.length === 0 && publishAddresses.length === 0)
      log.warn('this host has no address to publish', {hint: 'name one with --publish-address'})
    const common = {access, namespace, clock, log}
    const announce = (): {addresses: readonly string[]; ready: boolean} => ({
      addresses,
      ready: this.isReady(),
    })
    const hosts = shareHosts({...common, group, identity, announce}, signal)
    const name = leaderLeaseName(group)
    const election = electLeader({...common, name, identity: candidate}, signal)
    const publisher = createPublisher(
      {access, states, leadership: election, hosts, clock, log, onWrite},
      {...this.options, addresses: publishAddresses},
    )
    return {hosts, election, publisher}
  }

  /** Asks until the API server says so. False after the end. */
  private async isAllowed(signal: AbortSignal): Promise<boolean> {
    const {clock} = this.deps
    const backoff = new Backoff({initial: 500, limit: 30_000})
    let isTold = false
    while (!signal.aborted) {
      try {
        if (await this.ask(signal, isTold)) return true
        isTold = true
        await clock.delay(ASK_AGAIN, signal)
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        await clock.delay(backoff.next(), signal)
      }
    }
    return false
  }

  private async ask(signal: AbortSignal, isTold: boolean): Promise<boolean> {
    const {access, log} = this.deps
    const {mode, group, namespace: leaseNamespace, namespaces, finalizer} = this.options
    const rights = rightsToPublish({namespaces, leaseNamespace, finalizer})
    const missing = await missingRights(access, rights, signal)
    if (missing.length === 0) {
      log.info('publishing status and Events', {group, namespace: leaseNamespace})
      return true
    }
    const [first] = missing
    const fields = {missing: missing.map(describeAttempt), ...(first && {hint: neededRuleInline(first)})}
    if (mode === 'on') log.warn('publishing status and Events, although rights are missing', fields)
    else if (!isTold) log.info('not publishing status and Events: the credentials do not allow it', fields)
    return mode === 'on'
  }
}

/** The namespace of the Pod that lbex runs in, if it runs in one. */
export async function leaseNamespace({'publish-namespace': given}: PublishFlags): Promise<string> {
  if (given !== undefined) return given
  const {folder} = podEnvironment(process.env)
  const own = await readFile(join(folder, 'namespace'), 'utf8').catch(() => '')
  return own.trim() || 'lbex-system'
}
