/** Where lbex says what it does. Messages are constant sentences; what varies goes into the fields. */
export type LogFields = Readonly<Record<string, unknown>>

export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

export const silentLogger: Logger = {debug() {}, info() {}, warn() {}, error() {}}
