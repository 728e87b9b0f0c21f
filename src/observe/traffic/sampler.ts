/** Decides which lines are read if there are too many: all of them up to a rate, and every tenth above it. */
import type {Clock} from '../../util/clock.js'

/** Lines per second that are all read: they cost about a fifth of a CPU. */
const READ_ALL = 10_000
/** Of the others, one of so many is read, and counts for all of them. */
const ONE_OF = 10
/** Milliseconds. */
const PERIOD = 1000

export class Sampler {
  private start = -Infinity
  private arrived = 0
  private read = 0
  private lastRatio = 1

  /** `readAll`: lines per second that are all read. */
  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly readAll = READ_ALL,
  ) {}

  /** How many lines this one counts for; 0: it is skipped. Call it for each line. */
  weigh(): number {
    if (this.clock.monotonic() - this.start >= PERIOD) this.startPeriod()
    this.arrived += 1
    if (this.arrived <= this.readAll) return this.take(1)
    return (this.arrived - this.readAll) % ONE_OF === 0 ? this.take(ONE_OF) : 0
  }

  /** The share of the lines that were read in the last full second, or in the current one if that is less. */
  get ratio(): number {
    if (this.clock.monotonic() - this.start >= PERIOD) this.startPeriod()
    return Math.min(this.lastRatio, this.share)
  }

  private get share(): number {
    return this.arrived === 0 ? 1 : this.read / this.arrived
  }

  private startPeriod(): void {
    this.start = this.clock.monotonic()
    this.lastRatio = this.share
    this.arrived = 0
    this.read = 0
  }

  private take(weight: number): number {
    this.read += 1
    return weight
  }
}
