/** The loggers of `lbex run`, one for each component: pino, with JSON lines or short text lines, on standard error. */
import {pino, type DestinationStream, type Logger as Pino} from 'pino'
import {prettyFactory} from 'pino-pretty'
import {escapeFor} from '../diagnostics/escape.js'
import {currentLogFields} from '../util/log-context.js'
import {LOG_COMPONENTS, type LogComponent, type LogFields, type Logger, type Loggers} from '../util/logger.js'
import type {LogFormat} from './flags/log.js'
import type {LogLevels} from './log-levels.js'
import {openLogOutput} from './log-output.js'

export type LoggerOptions = {
  readonly format: LogFormat
  readonly levels: LogLevels
  readonly colour: boolean
  /** Default: standard error. */
  readonly destination?: DestinationStream
}

export function createLoggers({format, levels, colour, destination}: LoggerOptions): Loggers {
  const target =
    destination ?? openLogOutput((lines) => loggers.process.error('log lines were dropped', {lines}))
  const root = format === 'json' ? jsonLogger(target) : textLogger(colour, target)
  const loggers = Object.fromEntries(
    LOG_COMPONENTS.map((name) => [name, componentLogger(root.child({}, {level: levels[name]}), name)]),
  ) as Loggers
  return loggers
}

function jsonLogger(destination: DestinationStream): Pino {
  const formatters = {level: (label: string) => ({level: label})}
  const options = {base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters}
  return pino(options, {write: (line) => destination.write(escapeFor('json', line))})
}

function textLogger(colour: boolean, destination: DestinationStream): Pino {
  const pretty = prettyFactory({
    colorize: colour,
    hideObject: true,
    // pino-pretty would print these before the message, and textOf prints them after it.
    ignore: 'pid,hostname,name,caller',
    messageFormat: textOf,
    translateTime: 'SYS:HH:MM:ss.l',
  })
  return pino({base: null}, {write: (line) => destination.write(escapeFor('text', pretty(line), {colour}))})
}

const INTERNAL = new Set(['level', 'time', 'msg'])

/** The message, then `key=value` for each field. */
function textOf(line: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(line).filter(([key]) => !INTERNAL.has(key))
  return [String(line['msg']), ...fields.map(([key, value]) => `${key}=${plain(value)}`)].join(' ')
}

/** One word unchanged, everything else as JSON. */
function plain(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)
}

/** The component and the fields of the current task come last, so that lines begin with what differs. */
function componentLogger(log: Pino, component: LogComponent): Logger {
  const all = (fields: LogFields = {}): LogFields => ({...fields, component, ...currentLogFields()})
  return {
    debug: (message, fields) => log.debug(all(fields), message),
    info: (message, fields) => log.info(all(fields), message),
    warn: (message, fields) => log.warn(all(fields), message),
    error: (message, fields) => log.error(all(fields), message),
  }
}
