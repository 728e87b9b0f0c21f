/** A periodic request: logs its failures, and skips attempts that the API server would most likely reject again. */
import {Failure} from '../diagnostics/failure.js'
import {ApiFailure} from '../kube/api-failure.js'
import type {Clock} from '../util/clock.js'
import type {RequestLog} from './request-log.js'

/** Milliseconds. A missing permission is rarely granted within seconds. */
const RETRY_PERMANENT = 60_000
/** Milliseconds: less than the Lease of a host lasts. */
const LONGEST_BUSY = 8000

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
      this.notBefore = this.clock.monotonic() + Math.min(delayAfter(error), longestAfter(error))
    }
  }
}

/** The others would take a host that is asked to wait for longer for one that is gone. */
function longestAfter(error: unknown): number {
  return error instanceof ApiFailure && error.code === 'api-busy' ? LONGEST_BUSY : Infinity
}

/** Milliseconds at least. */
export function delayAfter(error: unknown): number {
  if (error instanceof Failure && !error.temporary) return RETRY_PERMANENT
  return (error instanceof ApiFailure && error.retryAfter) || 0
}
