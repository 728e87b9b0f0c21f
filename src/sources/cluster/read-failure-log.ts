/** Tells of trouble when it begins and when it is over, not each time that something is tried in between. */
import {stackOf, type Failure} from '../../diagnostics/failure.js'
import type {LogFields, Logger} from '../../util/logger.js'

/** Ends of a watch that are part of its life. */
const ORDINARY = new Set(['api-gone', 'watch-silent'])

export class ReadFailureLog {
  private told: string | undefined

  constructor(
    private readonly log: Logger,
    private readonly about: LogFields,
  ) {}

  /** `quiet`: somebody else tells it, or nobody has to know. */
  begin(failure: Failure, delay: number, quiet: boolean): void {
    const {code, message, hint} = failure
    const told = {error: message, code, ...(hint && {hint}), ...stackOf(failure)}
    const fields = {...this.about, ...told, delay: Math.round(delay)}
    if (quiet || ORDINARY.has(code) || this.told === code) {
      return this.log.debug('reading the cluster failed, trying again', fields)
    }
    this.told = code
    this.log.warn('reading the cluster failed, trying again', fields)
  }

  end(): void {
    if (this.told !== undefined) this.log.info('reading the cluster again', this.about)
    this.told = undefined
  }
}
