/** Logs failed requests once per distinct error, and logs recovery. */
import {Failure, messageOf, stackOf, UnexpectedFailure} from '../diagnostics/failure.js'
import type {Logger} from '../util/logger.js'

export class RequestLog {
  /** The code and the message that were logged last; undefined after a success. */
  private logged: string | undefined

  /** `what` is a noun phrase such as `leader election`. */
  constructor(
    private readonly log: Logger,
    private readonly what: string,
  ) {}

  failed(error: unknown): void {
    const failure = error instanceof Failure ? error : new UnexpectedFailure(error)
    const {code, hint} = failure
    const known = `${code} ${failure.message}`
    const fields = {error: messageOf(failure), code, ...(hint && {hint}), ...stackOf(failure)}
    this.log[this.logged === known ? 'debug' : 'warn'](`${this.what} failed, retrying`, fields)
    this.logged = known
  }

  succeeded(): void {
    if (this.logged !== undefined) this.log.info(`${this.what} works again`)
    this.logged = undefined
  }
}
