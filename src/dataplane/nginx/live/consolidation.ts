/** When the configuration is brought up to date with what NGINX serves from the dictionary. */
import type {Clock} from '../../../util/clock.js'

/** Milliseconds after which it is, however often servers change: until then, a server of an entry has no passive health check. */
const LONGEST = 300_000

export class Consolidation {
  private firstChange: number | undefined
  private lastChange = 0

  /** `quiet`: milliseconds without a change after which it is due. */
  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly quiet: number,
  ) {}

  noteChange(): void {
    this.lastChange = this.clock.monotonic()
    this.firstChange ??= this.lastChange
  }

  /** The configuration is up to date. */
  clear(): void {
    this.firstChange = undefined
  }

  /** Milliseconds; Infinity if the configuration is up to date. */
  dueIn(): number {
    if (this.firstChange === undefined) return Infinity
    const due = Math.min(this.lastChange + this.quiet, this.firstChange + LONGEST)
    return Math.max(0, due - this.clock.monotonic())
  }
}
