/** The time in which this process runs, for time-outs: while it is stalled, it can neither send a request nor read an answer. */
import type {Clock} from '../util/clock.js'

export class RunningTime {
  private counted = 0
  private readAt: number

  /** A time between two calls of `read` that is longer than `most` milliseconds counts as `most`. */
  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly most: number,
  ) {
    this.readAt = clock.monotonic()
  }

  /** Milliseconds. */
  read(): number {
    const now = this.clock.monotonic()
    this.counted += Math.min(this.most, now - this.readAt)
    this.readAt = now
    return this.counted
  }
}
