/**
 * Publishes what this host and its group serve: the status and finalizer of Services, and Events. It never delays a reconcile:
 * `update` only stores the outcome, and `run` writes it.
 */
import {setImmediate} from 'node:timers/promises'
import type {IntentOptions} from '../core/intent/options.js'
import type {WrittenState, WrittenStates} from '../core/cluster/written-state.js'
import type {Diagnostic} from '../diagnostics/diagnostic.js'
import type {KubeAccess} from '../kube/access.js'
import type {Clock} from '../util/clock.js'
import {followSignals} from '../util/follow-signals.js'
import type {Logger} from '../util/logger.js'
import {DirtyServices} from './dirty-services.js'
import type {Leadership} from './election.js'
import {EventRecorder} from './event-recorder.js'
import {problemDrafts, type DraftContext} from './event-drafts.js'
import {fieldManagerOf} from './field-manager.js'
import type {PublishingHosts} from './hosts.js'
import {diagnosticsByService, keyOf, rememberServedPorts, type PublishMoment} from './moment.js'
import {paceWrites, type OnWrite} from './paced-writes.js'
import {ProblemEvents} from './problem-events.js'
import {PublishedAddresses} from './published-addresses.js'
import {RequestLog} from './request-log.js'
import {servedElsewhere, type ServedPorts} from './served-ports.js'
import type {WriteQueueDetails} from './publishing-details.js'
import {publishedEvent, refusedEvent} from './service-events.js'
import {ServiceTargets} from './service-targets.js'
import {ServiceWriter, type ServicePart, type ServiceTarget} from './service-writer.js'
import {deletedServices, mayPublishTo} from './status.js'
import {StatusPacing} from './status-pacing.js'
import {WriteQueue, type WriteItem} from './write-queue.js'

export type PublisherDeps = {
  readonly access: Pick<KubeAccess, 'write'>
  readonly states: WrittenStates
  readonly leadership: Leadership
  readonly hosts: PublishingHosts
  readonly clock: Clock
  readonly log: Logger
  readonly onWrite: OnWrite
}

export type PublisherOptions = {
  /** --publish-address: if not empty, published instead of the addresses of the hosts. */
  readonly addresses: readonly string[]
  /** Which Services lbex serves. */
  readonly selection: IntentOptions
  /** The name of the group of hosts. */
  readonly group: string
  /** The name of this host in Events. */
  readonly hostName: string
  readonly writesPerSecond: number
  /** Set the load balancer finalizer on published Services. */
  readonly finalizer: boolean
}

export interface Publisher {
  /** Call this after each confirmed commit. Cheap. */
  update(moment: PublishMoment): void
  /** Publishes until `signal` aborts. Rejects only because of a bug. */
  run(signal: AbortSignal): Promise<void>
  /** Resolves when no write is due soon, or after `milliseconds`. */
  flush(milliseconds: number): Promise<void>
  /** The pending writes. */
  readonly details: WriteQueueDetails
}

export function createPublisher(deps: PublisherDeps, options: PublisherOptions): Publisher {
  return new ServicePublisher(deps, options)
}

/** Maximum milliseconds between two checks of recorded Events. */
const TICK_INTERVAL = 60_000
/** Services that are compared before the event loop can do other work. */
const STEP_SIZE = 100

class ServicePublisher implements Publisher {
  private readonly queue: WriteQueue
  private readonly recorder: EventRecorder
  private readonly problems: ProblemEvents
  private readonly writer: ServiceWriter
  private readonly targets: ServiceTargets
  private readonly changes: DirtyServices
  private readonly recall = rememberServedPorts()
  private readonly pacing: StatusPacing
  private readonly failures: RequestLog
  private moment: PublishMoment | undefined
  private areHostsKnown = false
  private isBusy = false
  private onCompared: () => void = () => {}

  constructor(
    private readonly deps: PublisherDeps,
    private readonly options: PublisherOptions,
  ) {
    const {access, clock, log, onWrite, states, leadership, hosts} = deps
    const {writesPerSecond, hostName, finalizer, selection} = options
    const manager = fieldManagerOf(options.group)
    const write = paceWrites({access, clock, onWrite}, writesPerSecond)
    this.queue = new WriteQueue({clock, log})
    this.recorder = new EventRecorder({write, queue: this.queue, clock, instance: hostName})
    this.problems = new ProblemEvents(this.recorder, clock)
    this.targets = new ServiceTargets({states, finalizer, manager})
    this.changes = new DirtyServices(clock)
    this.pacing = new StatusPacing({clock, log, manager})
    this.failures = new RequestLog(log, 'publishing')
    this.writer = new ServiceWriter({
      ...{write, states, selection, manager},
      onPublished: (target, before) => this.notePublished(target, before),
    })
    states.onWritten((service) => this.changes.touch(keyOf(service)))
    leadership.onChange(() => this.changes.touchAll())
    hosts.onChange(() => this.changes.touchAll())
    void hosts.known.then(() => {
      this.areHostsKnown = true
      this.changes.touchAll()
    })
  }

  get details(): WriteQueueDetails {
    return this.queue.details
  }

  update(moment: PublishMoment): void {
    this.moment = moment
    this.changes.touchAll()
  }

  async run(signal: AbortSignal): Promise<void> {
    await followSignals([signal], async (own) => {
      const writing = this.queue.run(own.signal)
      try {
        while (!own.signal.aborted) {
          const isDone = await this.compare(own.signal)
          await this.changes.next(TICK_INTERVAL, own.signal)
          if (!isDone) this.changes.touchAll()
        }
      } finally {
        own.abort()
        await writing
      }
    })
  }

  async flush(milliseconds: number): Promise<void> {
    const {clock} = this.deps
    const end = clock.monotonic() + milliseconds
    const done = new AbortController()
    this.onCompared = () => done.abort()
    if (this.isBusy || this.changes.isAny) await clock.delay(milliseconds, done.signal)
    await this.queue.flush(Math.max(0, end - clock.monotonic()))
  }

  /** Returns false after a bug: an error about one Service must not end publishing. */
  private async compare(signal: AbortSignal): Promise<boolean> {
    this.isBusy = true
    try {
      const changed = this.changes.take()
      if (changed === 'all') await this.compareAll(signal)
      else for (const key of changed) this.check(key)
      this.recorder.tick()
      this.pacing.tick()
      this.failures.succeeded()
      return true
    } catch (error) {
      this.failures.failed(error)
      return false
    } finally {
      this.isBusy = false
      if (!this.changes.isAny) this.onCompared()
    }
  }

  private async compareAll(signal: AbortSignal): Promise<void> {
    const {moment} = this
    if (!moment) return
    const diagnostics = diagnosticsByService(moment.diagnostics)
    const quarantined = new Set(moment.quarantined.map(keyOf))
    const served = new Map<string, ServedPorts>()
    const {hosts} = this.deps
    const addresses = new PublishedAddresses(hosts.fresh(), this.options.addresses, this.areHostsKnown)
    for (const [at, translated] of moment.translated.entries()) {
      if (at % STEP_SIZE === STEP_SIZE - 1 && !(await this.shouldContinue(signal))) return
      const {service} = translated.intent
      const key = keyOf(service.ref)
      if (!mayPublishTo(service, this.options.selection)) continue
      const here = this.recall(translated, diagnostics.get(key) ?? NONE, quarantined.has(key))
      served.set(key, here.isUnknownHere && addresses.isServed(here) ? servedElsewhere(here) : here)
    }
    const deleted = deletedServices(moment.services, this.options.selection)
    this.targets.update(served, addresses, deleted)
    let count = 0
    for (const key of this.targets.keys()) {
      if ((count += 1) % STEP_SIZE === 0 && !(await this.shouldContinue(signal))) return
      this.check(key)
    }
    this.noteProblems(moment, diagnostics)
  }

  private noteProblems(moment: PublishMoment, diagnostics: DraftContext['diagnostics']): void {
    const {isLeader} = this.deps.leadership
    const {hostName} = this.options
    const served = this.targets.served.values()
    this.problems.update(problemDrafts(moment, {diagnostics, served, isLeader, hostName}))
  }

  /** False if the comparison is obsolete, because everything will be compared again. */
  private async shouldContinue(signal: AbortSignal): Promise<boolean> {
    await setImmediate()
    return !signal.aborted && !this.changes.isAll
  }

  /** Queues a write for each part of the Service that differs from its target. */
  private check(key: string): void {
    const target = this.targets.targetOf(key)
    const wrong = target ? PARTS.filter((part) => this.writer.differs(part, target)) : []
    if (wrong.length === 0) this.targets.markDone(key)
    for (const part of PARTS) {
      const item = `${part}/${key}`
      if (!target || !wrong.includes(part) || !this.deps.leadership.isLeader) this.queue.drop(item)
      else this.queue.put(this.itemOf(part, key, target))
    }
  }

  /** Computes the target again when the write starts. */
  private itemOf(part: ServicePart, key: string, {service}: ServiceTarget): WriteItem {
    const work = async (signal: AbortSignal): Promise<void> => {
      const target = this.deps.leadership.isLeader ? this.targets.targetOf(key) : undefined
      if (target) await this.write(part, target, signal)
    }
    const writer = this.deps.states.written(service)?.writer
    const notBefore = part === 'status' ? this.pacing.notBefore(key, writer) : 0
    return {key: `${part}/${key}`, scope: `${part}/${service.namespace}`, priority: 'high', work, notBefore}
  }

  private async write(part: ServicePart, target: ServiceTarget, signal: AbortSignal): Promise<void> {
    try {
      await this.writer.write(part, target, signal)
    } catch (error) {
      const draft = refusedEvent(target, error)
      if (draft) this.recorder.note(draft)
      throw error
    }
  }

  private notePublished(target: ServiceTarget, before: WrittenState): void {
    const drafts = [this.pacing.count(target, before), publishedEvent(target, before.ingress)]
    for (const draft of drafts) if (draft) this.recorder.note(draft)
  }
}

/** A finalizer is set before the status. */
const PARTS: readonly ServicePart[] = ['finalizer', 'status']

const NONE: readonly Diagnostic[] = []
