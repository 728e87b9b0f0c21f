/** Exponential delay with jitter: each failure doubles the delay up to a limit, a success resets it. */
export type BackoffOptions = {
  /** First delay, milliseconds. */
  readonly initial: number
  /** Longest delay, milliseconds. */
  readonly limit: number
  /** Share of the delay that is random, 0..1; default 0.2. */
  readonly jitter?: number
  /** 0 <= value < 1; default Math.random. */
  readonly random?: () => number
}

export class Backoff {
  private failures = 0
  constructor(private readonly options: BackoffOptions) {}

  /** Counts a failure and returns the delay, in milliseconds. */
  next(): number {
    const {initial, limit, jitter = 0.2, random = Math.random} = this.options
    const delay = Math.min(limit, initial * 2 ** Math.min(this.failures, 30))
    this.failures += 1
    return delay * (1 - jitter * random())
  }

  reset(): void {
    this.failures = 0
  }
}
