import type {LogFields, Logger} from '../../src/util/logger.js'

export type LogEntry = {readonly level: string; readonly message: string; readonly fields: LogFields}

/** A logger that remembers. */
export class RecordingLogger implements Logger {
  readonly entries: LogEntry[] = []

  debug(message: string, fields: LogFields = {}): void {
    this.entries.push({level: 'debug', message, fields})
  }

  info(message: string, fields: LogFields = {}): void {
    this.entries.push({level: 'info', message, fields})
  }

  warn(message: string, fields: LogFields = {}): void {
    this.entries.push({level: 'warn', message, fields})
  }

  error(message: string, fields: LogFields = {}): void {
    this.entries.push({level: 'error', message, fields})
  }

  /** Messages of one level. */
  messages(level: string): string[] {
    return this.entries.filter((entry) => entry.level === level).map(({message}) => message)
  }
}
