/** The daemon: waits for changes and calls reconcileOnce, never two at once, until it is told to stop. */
import type {Diagnostic} from '../diagnostics/diagnostic.js'
import {Failure, stackOf, UnexpectedFailure} from '../diagnostics/failure.js'
import {Backoff, type BackoffOptions} from '../util/backoff.js'
import type {Clock} from '../util/clock.js'
import {followSignals} from '../util/follow-signals.js'
import type {SnapshotSource} from '../sources/snapshot-source.js'
import {Changes, type Holdoff, type Lull} from './changes.js'
import {DiagnosticsLog} from './diagnostics-log.js'
import {Pacing} from './pacing.js'
import {ReadFailure, reconcileOnce, type Outcome, type ReconcileDeps} from './reconcile.js'
import type {DaemonStatus} from './status.js'
import {TurnTrouble} from './turn-trouble.js'
import {WaitingTriggers} from './waiting-triggers.js'

export type LoopDeps = ReconcileDeps & {
  readonly source: Pick<SnapshotSource, 'changesAreWhole' | 'read' | 'watch' | 'lookAgain'>
  readonly clock: Clock
  readonly status: DaemonStatus
  readonly onTurn: (turn: Turn) => void
  /** Has the listener called when somebody wants everything to be looked at again. */
  readonly onLookAgain?: (listener: () => void) => void
}

/** How a turn ended. */
export type Turn = {
  /** From when it had read until it was done, milliseconds; without the holdoff. */
  readonly duration: number
} & ({readonly outcome: Outcome} | {readonly failure: Failure})

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

/** Milliseconds that the first reading may take before what an earlier lbex left is served. */
const SLOW = 2000

/**
 * Resolves after `signal` aborts. Rejects with a Failure when the very first turn cannot succeed whatever is waited for, when
 * nothing can be read at first and an earlier lbex has left nothing to serve meanwhile, or when the source cannot be watched;
 * afterwards the last good configuration keeps serving.
 */
export function runLoop(deps: LoopDeps, options: LoopOptions, signal: AbortSignal): Promise<void> {
  return followSignals([signal], (ending) => new Loop(deps, options, ending).run())
}

class Loop {
  private readonly changes: Changes
  private readonly diagnostics: DiagnosticsLog
  private readonly turnBackoff: Backoff
  private readonly watchBackoff: Backoff
  private readonly trouble: TurnTrouble
  private readonly pacing: Pacing
  private readonly triggers = new WaitingTriggers()
  private readonly reading: ReconcileDeps
  /** Diagnostics of the last good reconcile. */
  private found: readonly Diagnostic[] = []

  constructor(
    private readonly deps: LoopDeps,
    private readonly options: LoopOptions,
    private readonly ending: AbortController,
  ) {
    this.changes = new Changes(deps.clock)
    this.diagnostics = new DiagnosticsLog(deps.log)
    this.trouble = new TurnTrouble(deps.log)
    this.pacing = new Pacing(deps, options.reloadInterval)
    this.turnBackoff = new Backoff(options.backoff)
    this.watchBackoff = new Backoff(options.backoff)
    this.reading = {...deps, source: {read: (signal) => this.read(signal)}}
    deps.onLookAgain?.(() => this.lookAgain())
    deps.nginx.onLeftOut(() => this.noteLeftOut())
  }

  /** The first turn goes before the watch: what was read tells the source what a change is. */
  async run(): Promise<void> {
    if (this.signal.aborted) return
    const patience = await this.turn()
    const fail = (error: unknown): never => {
      this.ending.abort()
      throw error
    }
    const parts = [this.watch().catch(fail), this.turnAgain(patience).catch(fail)]
    for (const result of await Promise.allSettled(parts)) {
      if (result.status === 'rejected') throw result.reason
    }
  }

  private get signal(): AbortSignal {
    return this.ending.signal
  }

  /** Whatever is waited for. */
  private lookAgain(): void {
    this.deps.source.lookAgain()
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
        log.warn('watching failed, trying again', fields)
        await clock.delay(delay, this.signal)
        this.changes.notify()
      }
    }
  }

  private async turnAgain(firstPatience: number): Promise<void> {
    let patience = firstPatience
    while (!this.signal.aborted) {
      const changed = await this.changes.next(patience, this.signal)
      patience = (changed ? await this.turnAhead() : undefined) ?? (await this.turnInTime(changed))
    }
  }

  /** A single change need not wait for the holdoff to be got ready; undefined where it is none, or may not be applied yet. */
  private async turnAhead(): Promise<number | undefined> {
    if (!this.deps.source.changesAreWhole || !this.pacing.mayGetReady()) return undefined
    const {quiet} = this.options.holdoff
    const patience = await this.changes.inLull(quiet, this.signal, (lull) => this.turn(lull))
    if (patience === undefined) this.pacing.noteInVain()
    return patience
  }

  private async turnInTime(changed: boolean): Promise<number> {
    if (changed) await this.changes.settle(this.options.holdoff, this.signal)
    await this.pacing.keepApart(this.signal)
    return this.signal.aborted ? 0 : this.turn()
  }

  /** One turn, of which nothing shows before the lull is over; returns how long to wait for a change before the next. */
  private async turn({signal, over}: Lull = {signal: this.signal, over: Promise.resolve()}): Promise<number> {
    const {status} = this.deps
    const ready = (): Promise<void> => this.waitFor(over)
    this.changes.forget()
    try {
      const outcome = await reconcileOnce(this.reading, signal, ready)
      await ready()
      signal.throwIfAborted()
      return this.endGoodTurn(outcome)
    } catch (error) {
      await ready()
      return signal.aborted ? 0 : await this.endFailedTurn(error)
    } finally {
      status.busySince = undefined
    }
  }

  /** Waiting for the world is not being busy: it may take as long as it likes. */
  private async read(signal: AbortSignal): ReturnType<SnapshotSource['read']> {
    const {source, status, clock} = this.deps
    const asked = status.synced ? source.read(signal) : this.readAtFirst(signal)
    const reading = await asked.catch((error: unknown) => {
      const isKnown = error instanceof Failure || signal.aborted
      throw isKnown || !this.isServing() ? error : new UnexpectedFailure(error)
    })
    status.busySince = clock.monotonic()
    status.unread = undefined
    return {...reading, triggers: this.triggers.add(reading.triggers ?? [])}
  }

  /** What an earlier lbex left is served while the world is slow to answer. */
  private async readAtFirst(signal: AbortSignal): ReturnType<SnapshotSource['read']> {
    const {source, status, clock} = this.deps
    const reading = source.read(signal)
    // It is awaited at the end, however long the rest takes.
    reading.catch(() => {})
    const inTime = new AbortController()
    const slow = clock.delay(SLOW, inTime.signal).then(() => true)
    const isSlow = await Promise.race([reading.then(() => false), slow]).finally(() => inTime.abort())
    if (isSlow && !status.resumed) await this.resume()
    return reading
  }

  private endGoodTurn(outcome: Outcome): number {
    const {status, onTurn} = this.deps
    const {applied, diagnostics, retryAfter} = outcome
    if (applied.reloads > 0) this.pacing.noteEffort()
    this.found = diagnostics
    this.diagnostics.update(diagnostics)
    this.turnBackoff.reset()
    this.trouble.end(applied.generation)
    status.synced = true
    status.failure = undefined
    this.triggers.clear()
    onTurn({outcome, duration: this.busyFor()})
    return Math.min(this.options.resyncInterval, retryAfter ?? Infinity)
  }

  /** A bug ends the loop, unless it is one of reading while something is served, and so does a start that waiting cannot mend. */
  private async endFailedTurn(error: unknown): Promise<number> {
    const {onTurn} = this.deps
    if (!(error instanceof Failure) || !(await this.canGoOn(error))) throw error
    onTurn({failure: error, duration: this.busyFor()})
    if (error instanceof ReadFailure) this.noteUnread(error)
    else this.noteEffort(error)
    const delay = error.temporary ? this.turnBackoff.next() : FOREVER
    this.trouble.begin(error, delay)
    return delay
  }

  /** After a good turn always; before, where it may pass, and something is served meanwhile if nothing can be read. */
  private async canGoOn(error: Failure): Promise<boolean> {
    const {status} = this.deps
    if (this.isServing()) return true
    if (!error.temporary || !(error instanceof ReadFailure)) return error.temporary
    await this.resume()
    return status.resumed || this.signal.aborted
  }

  private isServing(): boolean {
    const {synced, resumed} = this.deps.status
    return synced || resumed
  }

  private async resume(): Promise<void> {
    const {status, nginx, log} = this.deps
    status.resumed = await nginx.resume(this.signal).catch((trouble: unknown) => {
      if (this.signal.aborted) return false
      throw trouble
    })
    if (status.resumed) log.warn('the last good configuration is served until the cluster can be read')
  }

  private noteUnread({message}: ReadFailure): void {
    this.deps.status.unread = message
    this.reportLeftOut()
  }

  private noteEffort(error: Failure): void {
    const {status} = this.deps
    this.pacing.noteEffort()
    status.failure = error.message
  }

  /** To wait is not to be busy. */
  private async waitFor(over: Promise<void>): Promise<void> {
    const {status, clock} = this.deps
    const begun = clock.monotonic()
    await over
    if (status.busySince !== undefined) status.busySince += clock.monotonic() - begun
  }

  private busyFor(): number {
    const {status, clock} = this.deps
    return status.busySince === undefined ? 0 : clock.monotonic() - status.busySince
  }
}
