/** A periodic request: logs its failures, and skips attempts that the API server would most likely reject again. */
import {Failure} from '../diagnostics/failure.js'
import {ApiFailure} from '../kube/api-failure.js'
import type {Clock} from '../util/clock.js'
import type {RequestLog} from './request-log.js'

/** Milliseconds. A missing permission is rarely granted within seconds. */
const RETRY_PERMANENT = 60_000
/** Maximum milliseconds for a busy API server: less than the duration of a host's Lease. */
const MAX_BUSY_DELAY = 8000

export class RepeatedRequest {
  private notBefore = -Infinity

  constructor(
    private readonly clock: Clock,
    private readonly log: RequestLog,
  ) {}

  /** Never rejects. */
  async attempt(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    if (this.clock.monotonic() < this.notBefore) return
    try {
      await work()
      this.log.succeeded()
    } catch (error) {
      if (signal.aborted) return
      this.log.failed(error)
      this.notBefore = this.clock.monotonic() + Math.min(delayAfter(error), maxDelayAfter(error))
    }
  }
}

/** If a host waited longer, the others would consider it gone. */
function maxDelayAfter(error: unknown): number {
  return error instanceof ApiFailure && error.code === 'api-busy' ? MAX_BUSY_DELAY : Infinity
}

/** The minimum milliseconds before the next attempt. */
export function delayAfter(error: unknown): number {
  if (error instanceof Failure && !error.temporary) return RETRY_PERMANENT
  return (error instanceof ApiFailure && error.retryAfter) || 0
}
