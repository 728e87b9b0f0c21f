/**
 * Limits how often the status of one Service is written: its endpoints may come and go, and another controller, or the hosts of
 * another group, may write another status again and again.
 */
import type {Clock} from '../util/clock.js'
import {TokenBucket} from '../util/token-bucket.js'

/** Milliseconds between two writes, after as many as the size without a delay. */
const LIMIT = {interval: 10_000, size: 20}

export class StatusPacing {
  private readonly buckets = new Map<string, TokenBucket>()

  constructor(private readonly clock: Clock) {}

  /** Counts a write to the Service. */
  count(key: string): void {
    const bucket = this.buckets.get(key) ?? new TokenBucket(this.clock, LIMIT)
    bucket.take()
    this.buckets.set(key, bucket)
  }

  /** Monotonic time before which the Service must not be written again; it may be in the past. */
  notBefore(key: string): number {
    const bucket = this.buckets.get(key)
    return bucket ? bucket.balancedAt + LIMIT.interval : 0
  }

  /** Forgets Services that have not been written for a long time. */
  tick(): void {
    const full = this.clock.monotonic() - LIMIT.interval * LIMIT.size
    for (const [key, {balancedAt}] of this.buckets) if (balancedAt <= full) this.buckets.delete(key)
  }
}
