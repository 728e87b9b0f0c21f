/** When a copy of the cluster was last known to be up to date. */
import type {Clock} from '../../util/clock.js'

export class FreshnessTracker {
  /** Monotonic time of the last list, event or bookmark. */
  private receivedAt: number | undefined
  /** Monotonic time at which the server accepted the position of the copy for a watch; undefined after it rejected the position. */
  private resumedAt: number | undefined

  constructor(private readonly clock: Pick<Clock, 'monotonic'>) {}

  /**
   * Monotonic time of the last confirmation; undefined before the first list. A resumed watch counts, too: while nothing
   * changes, a server sends no bookmarks (KEP-956).
   */
  get at(): number | undefined {
    return this.receivedAt === undefined ? undefined : Math.max(this.receivedAt, this.resumedAt ?? 0)
  }

  /** The server sent a list, an event or a bookmark. */
  received(): void {
    this.receivedAt = this.clock.monotonic()
  }

  /** The server accepted the position for a watch. */
  resumed(): void {
    this.resumedAt = this.clock.monotonic()
  }

  /** The server rejected the position. */
  positionLost(): void {
    this.resumedAt = undefined
  }
}
