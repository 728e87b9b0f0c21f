/** Since when it is not known any more that a copy of the cluster is up to date. */
import type {Clock} from '../../util/clock.js'

export class FreshnessTracker {
  /** Monotonic time of the last list, event or bookmark. */
  private heardAt: number | undefined
  /** Monotonic time since when the server goes on from the position of the copy; undefined if it turned out not to know it. */
  private acceptedAt: number | undefined

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  /**
   * Monotonic time of the last proof, undefined before the first list. A resumed watch is a proof, too: for a kind that does
   * not change, a server sends no bookmark while its position is the same (KEP-956).
   */
  get at(): number | undefined {
    return this.heardAt === undefined ? undefined : Math.max(this.heardAt, this.acceptedAt ?? 0)
  }

  /** The server sent a list, an event or a bookmark. */
  hear(): void {
    this.heardAt = this.clock.monotonic()
  }

  /** The server goes on from the position. */
  accept(): void {
    this.acceptedAt = this.clock.monotonic()
  }

  /** The server does not know the position. */
  refuse(): void {
    this.acceptedAt = undefined
  }
}
