/** Logs failures to read the cluster when they begin and when they are over, not for each retry. */
import {stackOf, type Failure} from '../../diagnostics/failure.js'
import type {LogFields, Logger} from '../../util/logger.js'

/** Failures that are a normal end of a watch. */
const NORMAL = new Set(['api-gone', 'watch-silent'])

export class ReadFailureLog {
  private reported: string | undefined

  constructor(
    private readonly log: Logger,
    private readonly about: LogFields,
  ) {}

  /** `quiet`: log at level debug, because the caller reports the failure. */
  begin(failure: Failure, delay: number, quiet: boolean): void {
    const {code, message, hint} = failure
    const details = {error: message, code, ...(hint && {hint}), ...stackOf(failure)}
    const fields = {...this.about, ...details, delay: Math.round(delay)}
    if (quiet || NORMAL.has(code) || this.reported === code) {
      return this.log.debug('reading the cluster failed, retrying', fields)
    }
    this.reported = code
    this.log.warn('reading the cluster failed, retrying', fields)
  }

  end(): void {
    if (this.reported !== undefined) this.log.info('reading the cluster works again', this.about)
    this.reported = undefined
  }
}
