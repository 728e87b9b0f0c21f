/** The daemon: waits for changes and reconciles, never twice at once, until it is told to stop. */
import type {Diagnostic} from '../diagnostics/diagnostic.js'
import {Failure, stackOf, UnexpectedFailure} from '../diagnostics/failure.js'
import {Backoff, type BackoffOptions} from '../util/backoff.js'
import type {Clock} from '../util/clock.js'
import {followSignals} from '../util/follow-signals.js'
import type {Reading, SnapshotSource} from '../sources/snapshot-source.js'
import {attempt, type Attempt} from './attempt.js'
import {Changes, type Holdoff} from './changes.js'
import {DiagnosticsLog} from './diagnostics-log.js'
import {Pacing} from './pacing.js'
import {Reader} from './reader.js'
import {
  commitReconcile,
  prepareReconcile,
  ReadFailure,
  type ReconcileOutcome,
  type PreparedReconcile,
  type ReconcileDeps,
} from './reconcile.js'
import type {DaemonStatus} from './status.js'
import {FailureLog} from './failure-log.js'

export type LoopDeps = ReconcileDeps & {
  readonly source: Pick<SnapshotSource, 'changesAreWhole' | 'read' | 'watch' | 'retryNow'>
  readonly clock: Clock
  readonly status: DaemonStatus
  readonly onReconciled: (finished: FinishedReconcile) => void
  /** Has the listener called when everything is to be looked at again, as an operator asks for by a signal. */
  readonly onRetryNow?: (listener: () => void) => void
}

/** How a reconcile ended. */
export type FinishedReconcile = {
  /** Milliseconds that it took to translate, prepare and commit; without reading, holdoff and waits. */
  readonly duration: number
} & ({readonly outcome: ReconcileOutcome} | {readonly failure: Failure})

/** All times in milliseconds. */
export type LoopOptions = {
  readonly holdoff: Holdoff
  /** Least time between two reloads. */
  readonly reloadInterval: number
  /** Time after which everything is looked at again although no change was seen. */
  readonly resyncInterval: number
  readonly backoff: BackoffOptions
}

export const DEFAULT_LOOP_OPTIONS: LoopOptions = {
  holdoff: {quiet: 20, limit: 200},
  reloadInterval: 1000,
  resyncInterval: 300_000,
  backoff: {initial: 500, limit: 30_000},
}

/** The longest that a timer of Node can wait. */
const FOREVER = 2 ** 31 - 1

/**
 * Resolves after `signal` aborts. Rejects with a Failure when the very first reconcile cannot succeed however often it is
 * retried, when nothing can be read at first and an earlier lbex has left nothing to serve meanwhile, or when the source cannot
 * be watched; afterwards the last good configuration keeps serving.
 */
export function runLoop(deps: LoopDeps, options: LoopOptions, signal: AbortSignal): Promise<void> {
  return followSignals([signal], (ending) => new Loop(deps, options, ending).run())
}

class Loop {
  private readonly changes: Changes
  private readonly diagnostics: DiagnosticsLog
  private readonly reconcileBackoff: Backoff
  private readonly watchBackoff: Backoff
  private readonly failures: FailureLog
  private readonly pacing: Pacing
  private readonly reader: Reader
  /** Diagnostics of the last good reconcile. */
  private found: readonly Diagnostic[] = []

  constructor(
    private readonly deps: LoopDeps,
    private readonly options: LoopOptions,
    private readonly ending: AbortController,
  ) {
    this.changes = new Changes(deps.clock)
    this.diagnostics = new DiagnosticsLog(deps.log)
    this.failures = new FailureLog(deps.log)
    this.pacing = new Pacing(deps, options.reloadInterval)
    this.reconcileBackoff = new Backoff(options.backoff)
    this.watchBackoff = new Backoff(options.backoff)
    this.reader = new Reader(deps, ending.signal)
    deps.onRetryNow?.(() => this.retryNow())
    deps.nginx.onLeftOut(() => this.noteLeftOut())
  }

  /** The first reconcile comes before the watch: what was read tells the source what a change is. */
  async run(): Promise<void> {
    if (this.signal.aborted) return
    const patience = await this.commit(await this.prepare(this.signal))
    const fail = (error: unknown): never => {
      this.ending.abort()
      throw error
    }
    const parts = [this.watch().catch(fail), this.reconcileAgain(patience).catch(fail)]
    for (const result of await Promise.allSettled(parts)) {
      if (result.status === 'rejected') throw result.reason
    }
  }

  /** `patience`: milliseconds to wait for the next change before everything is looked at without one. */
  private async reconcileAgain(patience: number): Promise<void> {
    while (!this.signal.aborted) {
      const changed = await this.changes.next(patience, this.signal)
      const early = changed ? await this.prepareEarly() : undefined
      if (!early) await this.waitForReload(changed)
      if (this.signal.aborted) return
      patience = await this.commit(early ?? (await this.prepare(this.signal)))
    }
  }

  /** Not for what was prepared early: its reload was allowed then, and a change during the wait would make it stale. */
  private async waitForReload(changed: boolean): Promise<void> {
    if (changed) await this.changes.settle(this.options.holdoff, this.signal)
    await this.pacing.keepApart(this.signal)
  }

  /** Prepares a change during the holdoff; undefined if another one came, or if it may not be served soon. */
  private async prepareEarly(): Promise<Attempt<PreparedReconcile> | undefined> {
    if (!this.deps.source.changesAreWhole || !this.pacing.mayPrepareEarly()) return undefined
    const {quiet} = this.options.holdoff
    const prepared = await this.changes.whileQuiet(quiet, this.signal, (own) => this.prepare(own))
    if (!prepared) this.pacing.noteInVain()
    return prepared
  }

  /** What goes wrong is not reported before it is committed. */
  private async prepare(signal: AbortSignal): Promise<Attempt<PreparedReconcile>> {
    this.changes.forget()
    let reading: Reading
    try {
      reading = await this.reader.read(signal)
    } catch (error) {
      return {took: 0, error}
    }
    return attempt(this.deps, 0, () => prepareReconcile(this.deps, reading, signal))
  }

  /** Returns the patience until the next reconcile. */
  private async commit(prepared: Attempt<PreparedReconcile>): Promise<number> {
    const committed =
      'error' in prepared
        ? prepared
        : await attempt(this.deps, prepared.took, () =>
            commitReconcile(this.deps, prepared.value, this.signal),
          )
    if (this.signal.aborted) return 0
    const {took} = committed
    return 'error' in committed
      ? await this.endFailed(committed.error, took)
      : this.endGood(committed.value, took)
  }

  private endGood(outcome: ReconcileOutcome, duration: number): number {
    const {status, onReconciled} = this.deps
    const {applied, diagnostics, retryAfter} = outcome
    if (applied.reloads > 0) this.pacing.noteEffort()
    this.found = diagnostics
    this.diagnostics.update(diagnostics)
    this.reconcileBackoff.reset()
    this.failures.end(applied.generation)
    status.synced = true
    status.failure = undefined
    this.reader.noteServed()
    onReconciled({outcome, duration})
    return Math.min(this.options.resyncInterval, retryAfter ?? Infinity)
  }

  /** A bug ends the loop, and so does a failure at the start that retrying cannot fix. */
  private async endFailed(error: unknown, duration: number): Promise<number> {
    if (!(error instanceof Failure) || !(await this.reader.canGoOn(error))) throw error
    this.deps.onReconciled({failure: error, duration})
    if (error instanceof ReadFailure) this.noteUnread(error)
    else this.noteEffort(error)
    const delay = error.temporary ? this.reconcileBackoff.next() : FOREVER
    this.failures.begin(error, delay)
    return delay
  }

  private noteUnread({message}: ReadFailure): void {
    this.deps.status.unread = message
    this.reportLeftOut()
  }

  private noteEffort({message}: Failure): void {
    this.pacing.noteEffort()
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

  /** Whatever the loop waits for. */
  private retryNow(): void {
    this.deps.source.retryNow()
    this.changes.notify()
  }

  /** A restart of NGINX left something out: the next reconcile probes, and reports it with its place in the objects. */
  private noteLeftOut(): void {
    if (!this.deps.status.synced) this.reportLeftOut()
    this.changes.notify()
  }

  /** While nothing can be read, NGINX alone knows what is left out. */
  private reportLeftOut(): void {
    this.diagnostics.update([...this.found, ...this.deps.nginx.leftOut()])
  }

  private get signal(): AbortSignal {
    return this.ending.signal
  }
}
