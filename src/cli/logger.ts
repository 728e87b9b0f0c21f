/** The Logger of `lbex run`: pino, as JSON lines for programs or as short lines for people, on standard error. */
import {pino, type DestinationStream, type Logger as Pino} from 'pino'
import {prettyFactory} from 'pino-pretty'
import {escapeFor} from '../diagnostics/escape.js'
import {currentLogFields} from '../util/log-context.js'
import type {Logger} from '../util/logger.js'
import type {LogFormat, LogLevel} from './flags/log.js'
import {openLogOutput} from './log-output.js'

export type LoggerOptions = {
  readonly format: LogFormat
  readonly level: LogLevel
  readonly colour: boolean
  /** Default: standard error. */
  readonly destination?: DestinationStream
}

export function createLogger({format, level, colour, destination}: LoggerOptions): Logger {
  const target = destination ?? openLogOutput((lines) => log.error('lines of the log were dropped', {lines}))
  const log = adapt(format === 'json' ? jsonLogger(level, target) : textLogger(level, colour, target))
  return log
}

function jsonLogger(level: LogLevel, destination: DestinationStream): Pino {
  const formatters = {level: (label: string) => ({level: label})}
  const options = {level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters}
  return pino(options, {write: (line) => destination.write(escapeFor('json', line))})
}

function textLogger(level: LogLevel, colour: boolean, destination: DestinationStream): Pino {
  const pretty = prettyFactory({
    colorize: colour,
    hideObject: true,
    // They would stand before the message, and again after it.
    ignore: 'pid,hostname,name,caller',
    messageFormat: textOf,
    translateTime: 'SYS:HH:MM:ss.l',
  })
  return pino(
    {level, base: null},
    {write: (line) => destination.write(escapeFor('text', pretty(line), {colour}))},
  )
}

const INTERNAL = new Set(['level', 'time', 'msg'])

/** The message, then `key=value` for each field. */
function textOf(line: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(line).filter(([key]) => !INTERNAL.has(key))
  return [String(line['msg']), ...fields.map(([key, value]) => `${key}=${plain(value)}`)].join(' ')
}

/** As it stands where that is one word, else as JSON. */
function plain(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)
}

function adapt(log: Pino): Logger {
  return {
    debug: (message, fields) => log.debug({...fields, ...currentLogFields()}, message),
    info: (message, fields) => log.info({...fields, ...currentLogFields()}, message),
    warn: (message, fields) => log.warn({...fields, ...currentLogFields()}, message),
    error: (message, fields) => log.error({...fields, ...currentLogFields()}, message),
  }
}
