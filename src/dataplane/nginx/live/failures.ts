/**
 * What failed changes of servers say about NGINX. A worker that is killed while it uses the dictionary leaves the lock of the
 * dictionary locked: the next worker that needs the lock waits for it forever, and njs has no timeout for that. lbex only sees that
 * a change gets no answer.
 */
import type {Clock} from '../../../util/clock.js'

/** Failed changes in a row, each with a reload in between, after which changes without a reload are paused. */
const MOST = 3

/** Milliseconds of that pause. */
const PAUSE = 600_000

export class Failures {
  private inARow = 0
  private pausedUntil = -Infinity
  private suspected = false

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  /** True if the dictionary that NGINX has loaded did not answer. */
  get isSuspect(): boolean {
    return this.suspected
  }

  /** True while every change has to be a reload. */
  get isPaused(): boolean {
    return this.pausedFor > 0
  }

  /** Milliseconds of the pause that are left. */
  get pausedFor(): number {
    return Math.max(0, this.pausedUntil - this.clock.monotonic())
  }

  /** Failed changes since the last one that was confirmed, or since the last pause began. */
  get count(): number {
    return this.inARow
  }

  /** The dictionary did not answer. */
  suspect(): void {
    this.suspected = true
  }

  /** A dictionary that NGINX loaded since then answers. */
  trust(): void {
    this.suspected = false
  }

  /** A change failed. Returns the seconds of the pause if one begins now. */
  add(): number | undefined {
    this.inARow += 1
    if (this.inARow < MOST) return undefined
    this.inARow = 0
    this.pausedUntil = this.clock.monotonic() + PAUSE
    return PAUSE / 1000
  }

  /** A change was confirmed. */
  reset(): void {
    this.inARow = 0
  }
}
