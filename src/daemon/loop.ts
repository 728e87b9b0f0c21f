/** The daemon: waits for changes and calls reconcileOnce, never two at once, until it is told to stop. */
import {Failure, messageOf} from '../diagnostics/failure.js'
import {Backoff, type BackoffOptions} from '../runtime/backoff.js'
import type {Clock} from '../runtime/clock.js'
import {Changes, type Holdoff} from './changes.js'
import {DiagnosticsLog} from './diagnostics-log.js'
import {reconcileOnce, type ReconcileDeps} from './reconcile.js'
import type {DaemonStatus} from './status.js'

export type LoopDeps = ReconcileDeps & {
  readonly clock: Clock
  readonly status: DaemonStatus
}

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
 * Resolves after `signal` aborts. Rejects with a Failure when the very first turn cannot succeed whatever is waited for,
 * or when the source cannot be watched; afterwards the last good configuration keeps serving.
 */
export async function runLoop(deps: LoopDeps, options: LoopOptions, signal: AbortSignal): Promise<void> {
  const ending = new AbortController()
  const end = (): void => ending.abort()
  signal.addEventListener('abort', end, {once: true})
  if (signal.aborted) end()
  try {
    await new Loop(deps, options, ending).run()
  } finally {
    signal.removeEventListener('abort', end)
  }
}

class Loop {
  private readonly changes: Changes
  private readonly diagnostics: DiagnosticsLog
  private readonly turnBackoff: Backoff
  private readonly watchBackoff: Backoff
  /** When the last turn ended that cost NGINX something. */
  private lastEffort = -Infinity

  constructor(
    private readonly deps: LoopDeps,
    private readonly options: LoopOptions,
    private readonly ending: AbortController,
  ) {
    this.changes = new Changes(deps.clock)
    this.diagnostics = new DiagnosticsLog(deps.log)
    this.turnBackoff = new Backoff(options.backoff)
    this.watchBackoff = new Backoff(options.backoff)
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

  private async watch(): Promise<void> {
    const {source, clock, log} = this.deps
    while (!this.signal.aborted) {
      try {
        return await source.watch(() => this.changes.notify(), this.signal)
      } catch (error) {
        if (!isTemporary(error)) throw error
        const delay = this.watchBackoff.next()
        log.warn('watching failed, trying again', {error: messageOf(error), delay: Math.round(delay)})
        await clock.delay(delay, this.signal)
        this.changes.notify()
      }
    }
  }

  private async turnAgain(firstPatience: number): Promise<void> {
    let patience = firstPatience
    while (!this.signal.aborted) {
      const changed = await this.changes.next(patience, this.signal)
      if (changed) await this.changes.settle(this.options.holdoff, this.signal)
      await this.keepReloadsApart()
      if (!this.signal.aborted) patience = await this.turn()
    }
  }

  /** One turn; returns how long to wait for a change before the next. */
  private async turn(): Promise<number> {
    const {clock, status} = this.deps
    this.changes.forget()
    status.busySince = clock.monotonic()
    try {
      return await this.reconcile()
    } catch (error) {
      return this.endFailedTurn(error)
    } finally {
      status.busySince = undefined
    }
  }

  private async reconcile(): Promise<number> {
    const {clock, status} = this.deps
    const {applied, diagnostics, retryAfter} = await reconcileOnce(this.deps, this.signal)
    if (applied.reloads > 0) this.lastEffort = clock.monotonic()
    this.diagnostics.update(diagnostics)
    this.turnBackoff.reset()
    status.synced = true
    status.failure = undefined
    return Math.min(this.options.resyncInterval, retryAfter ?? Infinity)
  }

  /** A bug ends the loop, and so does a start that waiting cannot mend. */
  private endFailedTurn(error: unknown): number {
    const {clock, log, status} = this.deps
    if (this.signal.aborted) return 0
    if (!(error instanceof Failure) || !(error.temporary || status.synced)) throw error
    this.lastEffort = clock.monotonic()
    status.failure = error.message
    const fields = {error: error.message, code: error.code, ...(error.hint && {hint: error.hint})}
    if (!error.temporary) {
      log.error('turn failed, waiting for a change', fields)
      return FOREVER
    }
    const delay = this.turnBackoff.next()
    log.warn('turn failed, trying again', {...fields, delay: Math.round(delay)})
    return delay
  }

  /** At once when the last reload is long ago; later while reloads pile up. */
  private async keepReloadsApart(): Promise<void> {
    const {clock, nginx} = this.deps
    const interval = Math.max(this.options.reloadInterval, nginx.reloadPressure())
    const wait = this.lastEffort + interval - clock.monotonic()
    if (wait > 0) await clock.delay(wait, this.signal)
  }
}

function isTemporary(error: unknown): boolean {
  return error instanceof Failure && error.temporary
}
