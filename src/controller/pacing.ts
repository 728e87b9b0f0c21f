/** Limits the rate of reloads: none waits after a quiet time, and the interval grows while old workers hold connections. */
import type {DataPlane} from '../dataplane/data-plane.js'
import type {Clock} from '../util/clock.js'
import type {Logger} from '../util/logger.js'

export type PacingDeps = {
  readonly nginx: Pick<DataPlane, 'reloadPressure' | 'status' | 'live'>
  readonly clock: Clock
  readonly log: Logger
}

/** Milliseconds in which nothing is prepared early after a prepared change was discarded. */
const DISCARD_COOLDOWN = 1000

/** Milliseconds after which a wait checks whether it is still necessary. */
const POLL_INTERVAL = 1000

export class Pacing {
  /** When the last reconcile ended that reloaded NGINX, or tried to. */
  private lastReload = -Infinity
  /** When a reload may be tried again after one that failed. */
  private retryAt = -Infinity
  /** When a prepared change was discarded because another change came. */
  private lastDiscard = -Infinity
  /** True while the interval between reloads is longer than configured. */
  private stretched = false

  /** `reloadInterval`: minimum time between two reloads, milliseconds. */
  constructor(
    private readonly deps: PacingDeps,
    private readonly reloadInterval: number,
  ) {}

  /** A reconcile has ended that reloaded NGINX, or tried to. */
  noteReload(): void {
    this.lastReload = this.deps.clock.monotonic()
  }

  /**
   * A reload failed: the next one comes after `delay` milliseconds at the earliest if NGINX can change servers without a reload,
   * because each attempt delays those changes. Otherwise any change may be the fix.
   */
  noteFailure(delay: number): void {
    this.noteReload()
    if (this.deps.nginx.live()) this.retryAt = this.deps.clock.monotonic() + delay
  }

  /** A prepared change was discarded because another change came. */
  noteDiscard(): void {
    this.lastDiscard = this.deps.clock.monotonic()
  }

  /** True if NGINX may be reloaded now. */
  mayReload(): boolean {
    return this.left() <= 0
  }

  /** True if a prepared change is unlikely to be discarded. */
  mayPrepareEarly(): boolean {
    return this.deps.clock.monotonic() >= this.lastDiscard + DISCARD_COOLDOWN
  }

  /** Milliseconds to wait before asking again whether NGINX may be reloaded: the interval may become shorter meanwhile. */
  untilReload(): number {
    return Math.max(1, Math.min(this.left(), POLL_INTERVAL))
  }

  /** Resolves when NGINX may be reloaded, or when `signal` aborts. */
  async waitForReload(signal: AbortSignal): Promise<void> {
    for (let left = this.left(); left > 0 && !signal.aborted; left = this.left()) {
      await this.deps.clock.delay(Math.min(left, POLL_INTERVAL), signal)
    }
  }

  /** Milliseconds until NGINX may be reloaded. */
  private left(): number {
    return Math.max(this.retryAt, this.lastReload + this.interval()) - this.deps.clock.monotonic()
  }

  private interval(): number {
    const pressure = this.deps.nginx.reloadPressure()
    this.logStretch(pressure > this.reloadInterval, pressure)
    return Math.max(this.reloadInterval, pressure)
  }

  private logStretch(stretched: boolean, interval: number): void {
    if (stretched === this.stretched) return
    this.stretched = stretched
    const {nginx, log} = this.deps
    const {oldWorkers} = nginx.status()
    if (stretched)
      log.warn('reload interval increased: old workers still hold connections', {oldWorkers, interval})
    else log.info('reload interval back to normal', {oldWorkers})
  }
}
