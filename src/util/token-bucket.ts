/** Limits an average rate, and allows a burst after a quiet time. */
import type {Clock} from './clock.js'

export type TokenBucketOptions = {
  /** Milliseconds between two tokens. */
  readonly interval: number
  /** Maximum number of tokens in the bucket. */
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

  /** Monotonic time in milliseconds at which all tokens on credit are paid back; it may be in the past. */
  get balancedAt(): number {
    return this.paidAt
  }
}
