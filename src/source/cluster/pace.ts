/**
 * How long a reflector rests between two attempts. Whatever goes wrong, it asks for no more than one page in a second on
 * average: delays double while nothing lasts, and a list has to be paid for, a second for each page, before the next.
 */
import {ApiFailure} from '../../kube/api-failure.js'
import {Backoff} from '../../runtime/backoff.js'
import type {Clock} from '../../runtime/clock.js'

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
  private waiting: AbortController | undefined

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
    const debt = listing ? Math.max(0, this.listAllowed - this.clock.monotonic()) : 0
    if (ended.lasted >= STABLE) this.backoff.reset()
    if (isOrdinary(ended)) return debt
    const asked = ended.failure instanceof ApiFailure ? (ended.failure.retryAfter ?? 0) : 0
    return Math.max(this.backoff.next(), asked, debt)
  }

  /** The next failure is the first. */
  startOver(): void {
    this.backoff.reset()
  }

  /** Resolves after that many milliseconds, when somebody is in a hurry, or when `signal` aborts. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    const waiting = (this.waiting = new AbortController())
    const end = (): void => waiting.abort()
    signal.addEventListener('abort', end, {once: true})
    if (!signal.aborted) await this.clock.delay(milliseconds, waiting.signal)
    signal.removeEventListener('abort', end)
  }

  /** Ends the wait that is under way. */
  hurry(): void {
    this.waiting?.abort()
  }
}
