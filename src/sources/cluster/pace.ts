/**
 * How long a reflector rests between two attempts. Whatever goes wrong, it asks for no more than one thing in a second on
 * average: delays double while nothing lasts, and before a list all has to be paid for, a second for each request.
 */
import {ApiFailure} from '../../kube/api-failure.js'
import {Backoff} from '../../util/backoff.js'
import type {Clock} from '../../util/clock.js'
import {followSignals} from '../../util/follow-signals.js'

/** Milliseconds that a watch has to last before its end is nothing to worry about. */
const STABLE = 30_000
const REQUEST_COST = 1000
/** What a quiet time pays for in advance: a probe and a watch, of which an outage needs one each. */
const CREDIT = 2 * REQUEST_COST
const INITIAL = 500
/** Least milliseconds between two attempts that are made because something else got an answer. */
const CALM = 5000

/** How an attempt ended. */
export type Ended = {
  /** Milliseconds that the watch was open; 0 where it was not opened. */
  readonly lasted: number
  /** Undefined when the server ended the watch in good order. */
  readonly failure: unknown
  /** True where nothing is wrong but the position: a list comes next, which is paid for. */
  readonly lost?: boolean
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
  /** True where something else got an answer since the last attempt failed, or while one is under way. */
  private nudged = false
  private nudgedAt = -Infinity

  constructor(
    private readonly clock: Clock,
    random: () => number,
  ) {
    this.backoff = new Backoff({initial: INITIAL, limit: 30_000, jitter: 0.5, random})
  }

  /** A page, a probe or a watch is asked for. */
  countRequest(): void {
    this.listAllowed = Math.max(this.listAllowed, this.clock.monotonic() - CREDIT) + REQUEST_COST
  }

  /** Milliseconds until the next attempt, which may have to begin with a list. */
  rest(ended: Ended, {listing}: {readonly listing: boolean}): number {
    this.owedUntil = listing ? this.listAllowed : -Infinity
    const nudged = this.takeNudge() && ended.lasted === 0
    if (ended.lasted >= STABLE) this.backoff.reset()
    if (isOrdinary(ended)) return this.until(this.owedUntil)
    const asked = ended.failure instanceof ApiFailure ? (ended.failure.retryAfter ?? 0) : 0
    const pause = ended.lost ? INITIAL : this.backoff.next()
    return Math.max(nudged ? this.until(this.nudgedAt) : pause, asked, this.until(this.owedUntil))
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
      this.takeNudge()
      // A nudge that has to wait for its time has come too late.
      waiting.abort()
    })
  }

  /** Ends the wait that is under way. */
  hurry(): void {
    this.waiting?.abort()
  }

  /** Something else got an answer: the wait, or the next one, is cut to what is owed, and that not again and again. */
  nudge(): void {
    const {waiting} = this
    if (this.nudged) return
    this.nudged = true
    const pause = this.until(Math.max(this.owedUntil, this.nudgedAt + CALM))
    if (waiting) void this.clock.delay(pause, waiting.signal).then(() => waiting.abort())
  }

  /** True where there was a nudge; it has had its effect. */
  private takeNudge(): boolean {
    const {nudged} = this
    this.nudged = false
    if (nudged) this.nudgedAt = Math.max(this.clock.monotonic(), this.nudgedAt + CALM)
    return nudged
  }

  private until(time: number): number {
    return Math.max(0, time - this.clock.monotonic())
  }
}
