/** Logs failed reconciles once per distinct error, and logs recovery. */
import {stackOf, type Failure} from '../diagnostics/failure.js'
import type {Logger} from '../util/logger.js'

export class FailureLog {
  /** The failure that was logged last; undefined after a successful reconcile. */
  private logged: Pick<Failure, 'code' | 'message'> | undefined

  constructor(private readonly log: Logger) {}

  /** `delay`: milliseconds until the retry, if the failure is temporary. */
  noteFailure(failure: Failure, delay: number): void {
    const {message, code, hint, temporary} = failure
    // Only the text distinguishes two failures with the same code, for example of two files. Only the log level depends on it.
    const isKnown = this.logged?.code === code && this.logged.message === message
    this.logged = {code, message}
    const fields = {error: message, code, ...(hint && {hint}), ...stackOf(failure)}
    if (!temporary) return this.log.error('reconcile failed, waiting for a change', fields)
    this.log[isKnown ? 'debug' : 'warn']('reconcile failed, retrying', {...fields, delay: Math.round(delay)})
  }

  /** A reconcile succeeded: NGINX serves `generation`. */
  noteSuccess(generation: string): void {
    if (this.logged !== undefined) this.log.info('reconcile succeeded again', {generation})
    this.logged = undefined
  }
}
