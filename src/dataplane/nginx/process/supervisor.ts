/** Restarts NGINX after an unexpected exit, and knows whether it serves. */
import {messageOf} from '../../../diagnostics/failure.js'
import {Backoff, type BackoffOptions} from '../../../util/backoff.js'
import type {Clock} from '../../../util/clock.js'
import type {Logger} from '../../../util/logger.js'
import type {Master} from './master.js'
import type {Observe} from '../../data-plane.js'
import type {ProcessRef} from './processes.js'
import type {Workers} from './workers.js'

export type SupervisorDeps = {
  readonly master: Master
  readonly workers: Workers
  /** Starts NGINX on what it served. */
  readonly restart: (signal: AbortSignal) => Promise<void>
  readonly backoff: BackoffOptions
  readonly clock: Clock
  readonly log: Logger
  readonly observe?: Observe | undefined
}

/** Milliseconds between two queries of a running NGINX, and two counts of its workers. */
const QUERY_INTERVAL = 2000

/** The back-off starts over once NGINX ran this many times as long as the delay of its last restart. */
const RUNTIME_PER_DELAY = 10

export class Supervisor {
  /** The NGINX that answered the last query. */
  private answered: ProcessRef | undefined
  private queriedAt = -Infinity
  /** When it began to serve; undefined while it does not run. */
  private servingSince: number | undefined
  /** When it was last known to run: the outage began after that. */
  private aliveAt = 0
  private exited = false
  private restartAt = 0
  /** Delay of the last restart. */
  private delay = 0
  private readonly backoff: Backoff

  constructor(private readonly deps: SupervisorDeps) {
    this.backoff = new Backoff(deps.backoff)
  }

  get serving(): boolean {
    const running = this.deps.master.running
    return running !== undefined && running === this.answered
  }

  /** Milliseconds until NGINX has to be restarted; Infinity if no restart is planned. */
  untilRestart(): number {
    return this.exited ? Math.max(0, this.restartAt - this.deps.clock.monotonic()) : Infinity
  }

  /** NGINX was just confirmed to serve. From now on, a missing master means that it exited unexpectedly. */
  noteServing(): void {
    const {clock, log, master} = this.deps
    const now = clock.monotonic()
    // The number of failed connections is unknown, but the length of the outage is known.
    if (this.exited) log.info('NGINX serves again', {outage: Math.round(now - this.aliveAt)})
    this.exited = false
    this.queriedAt = now
    this.aliveAt = now
    this.servingSince ??= now
    this.answered = master.running
  }

  /** Restarts NGINX if it is gone. Called a few times a second, so it is cheap while NGINX runs. */
  async check(signal: AbortSignal): Promise<void> {
    const {running} = this.deps.master
    if (running) return this.query(running)
    this.deps.workers.refresh(undefined)
    if (this.servingSince !== undefined) this.noteExit(this.servingSince)
    if (this.exited && this.deps.clock.monotonic() >= this.restartAt) await this.restart(signal)
  }

  private async query(running: ProcessRef): Promise<void> {
    const {master, workers, clock} = this.deps
    this.aliveAt = clock.monotonic()
    if (clock.monotonic() - this.queriedAt < QUERY_INTERVAL) return
    this.queriedAt = clock.monotonic()
    workers.refresh(running)
    this.answered = (await master.servedGeneration()) === undefined ? undefined : master.running
  }

  /**
   * If NGINX ran for long, it can run, so something else ended it and the back-off starts over. However often NGINX is killed,
   * the delays are at most a tenth of the time. They grow only for an NGINX that cannot run.
   */
  private noteExit(servingSince: number): void {
    const {clock, log, backoff, observe} = this.deps
    const ran = clock.monotonic() - servingSince
    if (ran >= Math.min(backoff.limit, RUNTIME_PER_DELAY * this.delay)) this.backoff.reset()
    this.servingSince = undefined
    this.exited = true
    observe?.({type: 'unexpected-exit'})
    log.error('NGINX exited unexpectedly, restarting', {delay: this.planRestart()})
  }

  /** Returns the milliseconds until the restart. */
  private planRestart(): number {
    this.delay = this.backoff.next()
    this.restartAt = this.deps.clock.monotonic() + this.delay
    return Math.round(this.delay)
  }

  private async restart(signal: AbortSignal): Promise<void> {
    const {log, restart} = this.deps
    try {
      await restart(signal)
      this.noteServing()
    } catch (error) {
      if (signal.aborted) return
      log.error('NGINX restart failed', {error: messageOf(error), delay: this.planRestart()})
    }
  }
}
