/** Limits how often something happens on average, and allows a burst after a quiet time. */
import type {Clock} from './clock.js'

export type TokenBucketOptions = {
  /** Milliseconds in which one token comes in. */
  readonly interval: number
  /** Tokens that the bucket holds at most. */
  readonly size: number
}

export class TokenBucket {
  private paidAt = -Infinity

  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly options: TokenBucketOptions,
  ) {}

  /** Takes a token, on credit if there is none. */
  take(): void {
    const {interval, size} = this.options
    this.paidAt = Math.max(this.paidAt, this.clock.monotonic() - size * interval) + interval
  }

  /** Monotonic time in milliseconds at which all tokens that were taken have come in; it may be in the past. */
  get balancedAt(): number {
    return this.paidAt
  }
}
