/** How long a reflector waits between two attempts: the delay doubles while attempts fail, and the wait can be cut short. */
import {ApiFailure} from '../../kube/api-failure.js'
import {Backoff} from '../../util/backoff.js'
import type {Clock} from '../../util/clock.js'
import {followSignals} from '../../util/follow-signals.js'

/** Milliseconds after which the end of a watch does not count as a failed attempt. */
const STABLE = 30_000
const INITIAL = 500
/** Minimum milliseconds between two attempts that begin early because another reflector got an answer. */
const NUDGE_INTERVAL = 5000

/** How an attempt ended. */
export type AttemptEnd = {
  /** Milliseconds that the watch was open; 0 if it was not opened. */
  readonly lasted: number
  /** Undefined if the server ended the watch regularly. */
  readonly failure: unknown
  /** True if only the position was lost: a list comes next, which has a rate limit of its own. */
  readonly lost?: boolean
}

export function isRegularEnd({lasted, failure}: AttemptEnd): boolean {
  return failure === undefined && lasted >= STABLE
}

export class RetryPacing {
  private readonly backoff: Backoff
  /** Monotonic time before which the next attempt may not begin. */
  private notBefore = -Infinity
  private resetAt = -Infinity
  private waiting: AbortController | undefined
  /** Monotonic time at which the current wait ends; undefined between two waits. */
  private waitEnd: number | undefined
  /** True if another reflector got an answer since the last attempt failed, or during an attempt. */
  private nudged = false
  private nudgedAt = -Infinity

  constructor(
    private readonly clock: Clock,
    random: () => number,
  ) {
    this.backoff = new Backoff({initial: INITIAL, limit: 30_000, jitter: 0.5, random})
  }

  /** Milliseconds until the next attempt, which begins at the monotonic time `notBefore` at the earliest. */
  delayAfter(ended: AttemptEnd, {notBefore = -Infinity}: {readonly notBefore?: number} = {}): number {
    this.notBefore = notBefore
    const nudged = this.takeNudge() && ended.lasted === 0
    if (ended.lasted >= STABLE) this.backoff.reset()
    if (isRegularEnd(ended)) return this.until(this.notBefore)
    const asked = ended.failure instanceof ApiFailure ? (ended.failure.retryAfter ?? 0) : 0
    const pause = ended.lost ? INITIAL : this.backoff.next()
    return Math.max(nudged ? this.until(this.nudgedAt) : pause, asked, this.until(this.notBefore))
  }

  /** Resets the back-off, because the next attempt is likely to succeed. Limited to twice a minute, in case it does not. */
  resetBackoff(): void {
    const now = this.clock.monotonic()
    if (now - this.resetAt < STABLE) return
    this.resetAt = now
    this.backoff.reset()
  }

  /** Resolves after that many milliseconds, or earlier on `retryNow`, `nudge` or `signal`. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<void> {
    await followSignals([signal], async (waiting) => {
      this.waiting = waiting
      this.waitEnd = this.clock.monotonic() + milliseconds
      await this.clock.delay(milliseconds, waiting.signal)
      this.waiting = undefined
      this.waitEnd = undefined
      this.takeNudge()
      // Cancels the delay of a nudge that came too late for this wait.
      waiting.abort()
    })
  }

  /** Monotonic time of the next attempt, unless it is made earlier; undefined while none is awaited. */
  get waitsUntil(): number | undefined {
    return this.waitEnd
  }

  /** Ends the current wait. */
  retryNow(): void {
    this.waiting?.abort()
  }

  /** Another reflector got an answer: cuts the current wait, or the next one, to `notBefore`. Has a rate limit. */
  nudge(): void {
    const {waiting} = this
    if (this.nudged) return
    this.nudged = true
    const pause = this.until(Math.max(this.notBefore, this.nudgedAt + NUDGE_INTERVAL))
    if (waiting) void this.clock.delay(pause, waiting.signal).then(() => waiting.abort())
  }

  /** True if there was a nudge; clears it. */
  private takeNudge(): boolean {
    const {nudged} = this
    this.nudged = false
    if (nudged) this.nudgedAt = Math.max(this.clock.monotonic(), this.nudgedAt + NUDGE_INTERVAL)
    return nudged
  }

  private until(time: number): number {
    return Math.max(0, time - this.clock.monotonic())
  }
}
