/** Logs failed reconciles once per distinct error, and logs recovery. */
import {stackOf, type Failure} from '../diagnostics/failure.js'
import type {Logger} from '../util/logger.js'

export class FailureLog {
  /** What was logged last; undefined after a good reconcile. */
  private told: Pick<Failure, 'code' | 'message'> | undefined

  constructor(private readonly log: Logger) {}

  /** `delay`: milliseconds until the retry, if the failure is temporary. */
  begin(failure: Failure, delay: number): void {
    const {message, code, hint, temporary} = failure
    // The text alone tells two failures of one code apart, as of two files. Nothing but the log's level depends on it.
    const known = this.told?.code === code && this.told.message === message
    this.told = {code, message}
    const fields = {error: message, code, ...(hint && {hint}), ...stackOf(failure)}
    if (!temporary) return this.log.error('reconcile failed, waiting for a change', fields)
    this.log[known ? 'debug' : 'warn']('reconcile failed, retrying', {...fields, delay: Math.round(delay)})
  }

  /** A reconcile had `generation` served. */
  end(generation: string): void {
    if (this.told !== undefined) this.log.info('reconcile succeeded again', {generation})
    this.told = undefined
  }
}
