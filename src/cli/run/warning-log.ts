/** A Logger for a command without a log: collects warnings, to be printed with its report. */
import type {LogFields, Logger} from '../../util/logger.js'

export class WarningLog implements Logger {
  readonly warnings: string[] = []
  /** Sentences that say what is done, not that something is wrong. */
  readonly notes: string[] = []

  debug(): void {}
  info(): void {}

  warn(message: string, fields: LogFields = {}): void {
    const details = Object.entries(fields).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    this.warnings.push(details.length === 0 ? message : `${message} (${details.join(', ')})`)
  }

  error(message: string, fields?: LogFields): void {
    this.warn(message, fields)
  }
}
