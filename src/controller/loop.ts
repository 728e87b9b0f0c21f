/** The daemon: waits for changes and reconciles, one reconcile at a time, until it is stopped. */
import {Failure, stackOf, UnexpectedFailure} from '../diagnostics/failure.js'
import {Backoff, type BackoffOptions} from '../util/backoff.js'
import type {Clock} from '../util/clock.js'
import {followSignals} from '../util/follow-signals.js'
import {withLogFields} from '../util/log-context.js'
import type {SnapshotSource, Trigger} from '../sources/snapshot-source.js'
import {Changes, type Holdoff} from './changes.js'
import {Pacing} from './pacing.js'
import {Preparer} from './preparer.js'
import {Reader} from './reader.js'
import {
  commitReconcile,
  ReadFailure,
  type ReconcileOutcome,
  type PreparedReconcile,
  type ReconcileDeps,
} from './reconcile.js'
import {Reports} from './reports.js'
import {FailureLog} from './failure-log.js'
import type {LoopRecord} from './loop-record.js'
import {countListeners} from './served-part.js'
import type {DaemonStatus} from './status.js'
import {timeStep, type TimedResult} from './time-step.js'

export type LoopDeps = ReconcileDeps & {
  readonly source: Pick<SnapshotSource, 'changesAreAtomic' | 'read' | 'watch' | 'retryNow'>
  readonly clock: Clock
  readonly status: DaemonStatus
  readonly onReconciled: (finished: FinishedReconcile) => void
  /** See ReportDeps. */
  readonly onPartlyServed?: (outcome: ReconcileOutcome) => void
  /** Records what the loop does. Default: nothing does. */
  readonly record?: LoopRecord | undefined
  /** Registers a listener for requests of the operator (SIGHUP) to reconcile now. */
  readonly onRetryNow?: (listener: () => void) => void
  /** Registers a listener for changes of the state of the host that the translation depends on, such as failed health checks. */
  readonly onHostChange?: (listener: () => void) => void
}

/** How a reconcile ended. */
export type FinishedReconcile = {
  /** Milliseconds of translating, preparing and committing, without reading, holdoff and waits. */
  readonly duration: number
} & ({readonly outcome: ReconcileOutcome} | {readonly failure: Failure})

type ReconcileReason = 'start' | 'change' | 'retry' | 'resync' | 'consolidation'

/** All times in milliseconds. */
export type LoopOptions = {
  readonly holdoff: Holdoff
  /** Minimum time between two reloads. */
  readonly reloadInterval: number
  /** Time after which the loop reconciles although no change was observed. */
  readonly resyncInterval: number
  readonly backoff: BackoffOptions
}

export const DEFAULT_LOOP_OPTIONS: LoopOptions = {
  holdoff: {quiet: 20, limit: 200},
  reloadInterval: 1000,
  resyncInterval: 300_000,
  backoff: {initial: 500, limit: 30_000},
}

/** The maximum delay of a timer of Node.js. */
const FOREVER = 2 ** 31 - 1

/**
 * Resolves after `signal` aborts. Rejects with a Failure if the first reconcile fails permanently, if the source cannot be read at
 * first and no earlier lbex has left a configuration to serve meanwhile, or if the source cannot be watched. After the first
 * successful reconcile, failures of later ones leave the last good configuration in place.
 */
export function runLoop(deps: LoopDeps, options: LoopOptions, signal: AbortSignal): Promise<void> {
  return followSignals([signal], (ending) => new Loop(deps, options, ending).run())
}

class Loop {
  readonly changes: Changes
  private readonly reports: Reports
  private readonly reconcileBackoff: Backoff
  private readonly watchBackoff: Backoff
  private readonly failures: FailureLog
  readonly pacing: Pacing
  readonly reader: Reader
  private readonly preparer: Preparer
  /** The number of the current reconcile, which all of its log lines carry. */
  private reconciles = 0

  constructor(
    private readonly deps: LoopDeps,
    private readonly options: LoopOptions,
    private readonly ending: AbortController,
  ) {
    this.changes = new Changes(deps.clock)
    this.reports = new Reports(deps)
    this.failures = new FailureLog(deps.log)
    this.pacing = new Pacing(deps, options.reloadInterval)
    this.reconcileBackoff = new Backoff(options.backoff)
    this.watchBackoff = new Backoff(options.backoff)
    this.reader = new Reader(deps, ending.signal)
    this.preparer = new Preparer(deps, this, options.holdoff, ending.signal)
    deps.record?.follow(this.changes)
    deps.onRetryNow?.(() => this.retryNow())
    deps.onHostChange?.(() => this.changes.notify())
    deps.nginx.onLeftOut(() => this.noteLeftOut())
  }

  /** The first reconcile comes before the watch: the source compares changes with what was read. */
  async run(): Promise<void> {
    if (this.signal.aborted) return
    const delay = await this.reconcile('start')
    const fail = (error: unknown): never => {
      this.ending.abort()
      throw error
    }
    const parts = [this.watch().catch(fail), this.reconcileOnChange(delay).catch(fail)]
    for (const result of await Promise.allSettled(parts)) {
      if (result.status === 'rejected') throw result.reason
    }
  }

  /** `delay`: milliseconds to wait for a change before the first reconcile without one. */
  private async reconcileOnChange(delay: number): Promise<void> {
    while (!this.signal.aborted) {
      const changed = await this.changes.wait(delay, this.signal)
      if (this.signal.aborted) return
      delay = await this.reconcile(changed ? 'change' : this.reasonAfter(delay))
    }
  }

  private reasonAfter(delay: number): ReconcileReason {
    if (this.deps.nginx.consolidationDue() <= 0) return 'consolidation'
    return delay === this.options.resyncInterval ? 'resync' : 'retry'
  }

  /** One reconcile. Returns the milliseconds to wait for a change before the next one. */
  private reconcile(reason: ReconcileReason): Promise<number> {
    return withLogFields({reconcile: ++this.reconciles}, async () => {
      this.deps.log.debug('reconcile started', {reason})
      const prepared = await this.preparer.prepare(reason === 'change')
      return prepared && !this.signal.aborted ? this.commit(prepared) : 0
    })
  }

  /** Returns the milliseconds to wait for a change before the next reconcile. */
  private async commit(prepared: TimedResult<PreparedReconcile>): Promise<number> {
    const committed =
      'error' in prepared
        ? prepared
        : await timeStep(this.deps, prepared.took, () =>
            commitReconcile(this.deps, prepared.value, this.signal),
          )
    if (this.signal.aborted) return 0
    const {took} = committed
    if ('error' in committed) return this.finishFailed(committed.error, took)
    if (committed.value.applied.deferred) return this.noteDeferred(committed.value)
    return this.finishSuccessful(committed.value, took)
  }

  /** Only the commit found out that a reload is needed: NGINX was restarted, say, or did not take a change of servers. */
  private noteDeferred(outcome: ReconcileOutcome): number {
    this.deps.log.debug('the change waits for a reload')
    this.notePartlyServed(outcome)
    return this.pacing.untilReload()
  }

  /** What is live is reported now, and not when a reload for other Services is over. Returns the triggers that are left. */
  notePartlyServed(outcome: ReconcileOutcome): readonly Trigger[] {
    return this.reports.notePartlyServed(outcome)
      ? this.reader.noteServed(outcome.applied.waiting)
      : outcome.triggers
  }

  private finishSuccessful(outcome: ReconcileOutcome, duration: number): number {
    const {status, onReconciled, record} = this.deps
    const {applied, retryAfter} = outcome
    if (applied.reloads > 0) this.pacing.noteReload()
    this.reports.noteServed(outcome)
    this.reconcileBackoff.reset()
    this.failures.noteSuccess(applied.generation)
    status.synced = true
    status.failure = undefined
    status.listeners = countListeners(outcome)
    this.reader.noteServed()
    this.changes.noteServed()
    record?.noteApplied(outcome, duration)
    onReconciled({outcome, duration})
    // A timer may fire a moment early.
    const consolidation = Math.ceil(this.deps.nginx.consolidationDue()) + 1
    return Math.min(this.options.resyncInterval, retryAfter ?? Infinity, consolidation)
  }

  /** A bug ends the loop, and so does a failure at the start that a retry cannot fix. */
  private async finishFailed(error: unknown, duration: number): Promise<number> {
    if (!(error instanceof Failure) || !(await this.reader.canContinue(error))) throw error
    this.deps.onReconciled({failure: error, duration})
    const backoff = this.reconcileBackoff.next()
    if (error instanceof ReadFailure) this.noteReadFailure(error)
    else this.noteApplyFailure(error, backoff)
    const delay = error.temporary ? backoff : FOREVER
    this.failures.noteFailure(error, delay)
    this.deps.record?.noteFailed(error, delay)
    return delay
  }

  private noteReadFailure({message}: ReadFailure): void {
    this.deps.status.readFailure = message
    this.reports.noteLeftOut()
  }

  private noteApplyFailure({message}: Failure, backoff: number): void {
    this.pacing.noteFailure(backoff)
    this.deps.status.failure = message
  }

  private async watch(): Promise<void> {
    const {source, clock, log} = this.deps
    while (!this.signal.aborted) {
      try {
        return await source.watch(() => this.changes.notify(), this.signal)
      } catch (error) {
        const failure = error instanceof Failure ? error : new UnexpectedFailure(error)
        if (!failure.temporary) throw failure
        const delay = this.watchBackoff.next()
        const fields = {error: failure.message, ...stackOf(failure), delay: Math.round(delay)}
        log.warn('watch failed, retrying', fields)
        await clock.delay(delay, this.signal)
        this.changes.notify()
      }
    }
  }

  /** Ends all waits of the loop and of the source. */
  private retryNow(): void {
    this.deps.source.retryNow()
    this.changes.notify()
  }

  /** A restart of NGINX left something out: the next reconcile probes, and reports it with its location. */
  private noteLeftOut(): void {
    if (!this.deps.status.synced) this.reports.noteLeftOut()
    this.changes.notify()
  }

  private get signal(): AbortSignal {
    return this.ending.signal
  }
}
