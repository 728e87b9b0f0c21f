/** Keeps NGINX running, and knows how it is. */
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
  /** Serves again what was served. */
  readonly restart: (signal: AbortSignal) => Promise<void>
  readonly backoff: BackoffOptions
  readonly clock: Clock
  readonly log: Logger
  readonly observe?: Observe | undefined
}

/** Milliseconds between two questions to a running NGINX, and two counts of its workers. */
const ASK_EVERY = 2000

/** NGINX has earned a quick restart once it ran for so many times as long as the last one was waited for. */
const EARNED = 10

export class Supervisor {
  /** The NGINX that answered when it was last asked. */
  private answered: ProcessRef | undefined
  private askedAt = -Infinity
  /** When it was first seen serving since it was last gone; undefined before, and while it is gone. */
  private servingSince: number | undefined
  /** When it was last seen running: the outage began after that. */
  private aliveAt = 0
  private died = false
  private restartAt = 0
  /** How long the last restart was waited for. */
  private delay = 0
  private readonly backoff: Backoff

  constructor(private readonly deps: SupervisorDeps) {
    this.backoff = new Backoff(deps.backoff)
  }

  get serving(): boolean {
    const running = this.deps.master.running
    return running !== undefined && running === this.answered
  }

  /** NGINX was just confirmed to serve: from here on its absence is an accident. */
  sawServing(): void {
    const {clock, log, master} = this.deps
    const now = clock.monotonic()
    // The connections that failed meanwhile are known to nobody here, but for how long they may have.
    if (this.died) log.info('NGINX serves again', {outage: Math.round(now - this.aliveAt)})
    this.died = false
    this.askedAt = now
    this.aliveAt = now
    this.servingSince ??= now
    this.answered = master.running
  }

  /** One look, to be repeated a few times a second, and so cheap where all is well; restarts NGINX where it is gone. */
  async look(signal: AbortSignal): Promise<void> {
    const {running} = this.deps.master
    if (running) return this.ask(running)
    this.deps.workers.look(undefined)
    if (this.servingSince !== undefined) this.noteDeath(this.servingSince)
    if (this.died && this.deps.clock.monotonic() >= this.restartAt) await this.restart(signal)
  }

  private async ask(running: ProcessRef): Promise<void> {
    const {master, workers, clock} = this.deps
    this.aliveAt = clock.monotonic()
    if (clock.monotonic() - this.askedAt < ASK_EVERY) return
    this.askedAt = clock.monotonic()
    workers.look(running)
    this.answered = (await master.servedGeneration()) === undefined ? undefined : master.running
  }

  /**
   * One that ran for long was well, and something else ended it: that is no reason to hesitate. So waiting costs at most a
   * tenth of the time, whoever kills NGINX how often; only one that cannot run makes lbex wait longer and longer.
   */
  private noteDeath(servingSince: number): void {
    const {clock, log, backoff, observe} = this.deps
    const ran = clock.monotonic() - servingSince
    if (ran >= Math.min(backoff.limit, EARNED * this.delay)) this.backoff.reset()
    this.servingSince = undefined
    this.died = true
    observe?.({type: 'death'})
    log.error('NGINX died: it is started again', {delay: this.planRestart()})
  }

  /** Returns the milliseconds until then. */
  private planRestart(): number {
    this.delay = this.backoff.next()
    this.restartAt = this.deps.clock.monotonic() + this.delay
    return Math.round(this.delay)
  }

  private async restart(signal: AbortSignal): Promise<void> {
    const {log, restart} = this.deps
    try {
      await restart(signal)
      this.sawServing()
    } catch (error) {
      if (signal.aborted) return
      log.error('NGINX could not be started again', {error: messageOf(error), delay: this.planRestart()})
    }
  }
}
