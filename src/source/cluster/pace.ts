/**
 * How long a reflector rests between two attempts. Whatever goes wrong, it asks for no more than one page in a second on
 * average: delays double while nothing lasts, and a list has to be paid for, a second for each page, before the next.
 */
import {ApiFailure} from '../../kube/api-failure.js'
import {Backoff} from '../../runtime/backoff.js'
import type {Clock} from '../../runtime/clock.js'
import {followSignals} from '../../runtime/follow-signals.js'

/** Milliseconds that a watch has to last before its end is nothing to worry about. */
const STABLE = 30_000
const PAGE_COST = 1000

/** How an attempt ended. */
export type Ended = {
  /** Milliseconds that the watch was open; 0 where it was not opened. */
  readonly lasted: number
  /** Undefined when the server ended the watch in good order. */
  readonly failure: unknown
}

export function isOrdinary({lasted, failure}: Ended): boolean {
  return failure === undefined && lasted >= STABLE
}

export class Pace {
  private readonly backoff: Backoff
  private listAllowed = -Infinity
  /** Monotonic time before which the next attempt is not paid for. */
  private owedUntil = -Infinity
  private startedOverAt = -Infinity
  private waiting: AbortController | undefined
  /** True where something else got an answer while an attempt was under way. */
  private nudged = false

  constructor(
    private readonly clock: Clock,
    random: () => number,
  ) {
    this.backoff = new Backoff({initial: 500, limit: 30_000, jitter: 0.5, random})
  }

  countPage(): void {
    this.listAllowed = Math.max(this.listAllowed, this.clock.monotonic()) + PAGE_COST
  }

  /** Milliseconds until the next attempt, which may have to begin with a list. */
  rest(ended: Ended, {listing}: {readonly listing: boolean}): number {
    this.owedUntil = listing ? this.listAllowed : -Infinity
    if (ended.lasted >= STABLE) this.backoff.reset()
    if (isOrdinary(ended)) return this.owed()
    const asked = ended.failure instanceof ApiFailure ? (ended.failure.retryAfter ?? 0) : 0
    const pause = this.backoff.next()
    const {nudged} = this
    this.nudged = false
    return Math.max(nudged ? 0 : pause, asked, this.owed())
  }

  /** There is reason to think that the next attempt succeeds. One can be wrong again and again: not more than twice a minute. */
  startOver(): void {
    const now = this.clock.monotonic()
    if (now - this.startedOverAt < STABLE) return
    this.startedOverAt = now
    this.backoff.reset()
  }

  /** Resolves after that many milliseconds, when somebody is in a hurry, or when `signal` aborts. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    await followSignals([signal], async (waiting) => {
      this.waiting = waiting
      await this.clock.delay(milliseconds, waiting.signal)
      this.waiting = undefined
    })
  }

  /** Ends the wait that is under way. */
  hurry(): void {
    this.waiting?.abort()
  }

  /** Something else got an answer: the wait, or the next one, is cut to what is owed for lists. */
  nudge(): void {
    const {waiting} = this
    if (waiting) void this.clock.delay(this.owed(), waiting.signal).then(() => waiting.abort())
    else this.nudged = true
  }

  private owed(): number {
    return Math.max(0, this.owedUntil - this.clock.monotonic())
  }
}
