/** How long a reflector waits between two attempts: delays double while nothing lasts, and the wait can be cut short. */
import {ApiFailure} from '../../kube/api-failure.js'
import {Backoff} from '../../util/backoff.js'
import type {Clock} from '../../util/clock.js'
import {followSignals} from '../../util/follow-signals.js'

/** Milliseconds that a watch has to last before its end is nothing to worry about. */
const STABLE = 30_000
const INITIAL = 500
/** Least milliseconds between two attempts that are made because something else got an answer. */
const CALM = 5000

/** How an attempt ended. */
export type AttemptEnd = {
  /** Milliseconds that the watch was open; 0 where it was not opened. */
  readonly lasted: number
  /** Undefined when the server ended the watch in good order. */
  readonly failure: unknown
  /** True where nothing is wrong but the position: a list comes next, which is paid for. */
  readonly lost?: boolean
}

export function isOrdinary({lasted, failure}: AttemptEnd): boolean {
  return failure === undefined && lasted >= STABLE
}

export class RetryPacing {
  private readonly backoff: Backoff
  /** Monotonic time before which the next attempt may not begin. */
  private notBefore = -Infinity
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

  /** Milliseconds until the next attempt, which begins at the monotonic time `notBefore` at the earliest. */
  rest(ended: AttemptEnd, {notBefore = -Infinity}: {readonly notBefore?: number} = {}): number {
    this.notBefore = notBefore
    const nudged = this.takeNudge() && ended.lasted === 0
    if (ended.lasted >= STABLE) this.backoff.reset()
    if (isOrdinary(ended)) return this.until(this.notBefore)
    const asked = ended.failure instanceof ApiFailure ? (ended.failure.retryAfter ?? 0) : 0
    const pause = ended.lost ? INITIAL : this.backoff.next()
    return Math.max(nudged ? this.until(this.nudgedAt) : pause, asked, this.until(this.notBefore))
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

  /** Something else got an answer: the wait, or the next one, is cut to `notBefore`, and that not again and again. */
  nudge(): void {
    const {waiting} = this
    if (this.nudged) return
    this.nudged = true
    const pause = this.until(Math.max(this.notBefore, this.nudgedAt + CALM))
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
