/** The interface of the log. Messages are constant sentences; variable parts go into the fields. */
export type LogFields = Readonly<Record<string, unknown>>

export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

export const silentLogger: Logger = {debug() {}, info() {}, warn() {}, error() {}}

/** The parts of lbex that have a log level each, in the terms of an operator. */
export const LOG_COMPONENTS = ['process', 'controller', 'nginx', 'api', 'health'] as const
export type LogComponent = (typeof LOG_COMPONENTS)[number]

export type Loggers = Readonly<Record<LogComponent, Logger>>
