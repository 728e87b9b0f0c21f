/**
 * Limits how often the status of one Service is written: its endpoints may come and go, and another client may write another
 * status again and again.
 */
import type {WrittenState} from '../core/cluster/written-state.js'
import {TokenBucket} from '../util/token-bucket.js'
import {Contests, type ContestsDeps} from './contests.js'
import type {EventDraft} from './events.js'
import {keyOf} from './moment.js'
import type {ServiceTarget} from './service-writer.js'

/** Milliseconds between two writes, after as many as the size without a delay. */
const LIMIT = {interval: 10_000, size: 20}

export class StatusPacing {
  private readonly buckets = new Map<string, TokenBucket>()
  private readonly contests: Contests

  constructor(private readonly deps: ContestsDeps) {
    this.contests = new Contests(deps)
  }

  /** Counts a write to the Service. `before`: the replaced status. Returns an Event if another client writes the status too. */
  count(target: ServiceTarget, before: WrittenState): EventDraft | undefined {
    const key = keyOf(target.service)
    const bucket = this.buckets.get(key) ?? new TokenBucket(this.deps.clock, LIMIT)
    bucket.take()
    this.buckets.set(key, bucket)
    return this.contests.noteWrite(target, before)
  }

  /** Monotonic time before which the Service must not be written again; it may be in the past. `writer`: of its present status. */
  notBefore(key: string, writer: string | undefined): number {
    const bucket = this.buckets.get(key)
    const earliest = bucket ? bucket.balancedAt + LIMIT.interval : 0
    return Math.max(earliest, this.contests.notBefore(key, writer))
  }

  /** Forgets Services that have not been written for a long time. */
  tick(): void {
    const full = this.deps.clock.monotonic() - LIMIT.interval * LIMIT.size
    for (const [key, {balancedAt}] of this.buckets) if (balancedAt <= full) this.buckets.delete(key)
    this.contests.tick()
  }
}
