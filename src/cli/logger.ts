/** The loggers of `lbex run`, one for each component: pino, with JSON lines or short text lines, on standard error. */
import {Ansis} from 'ansis'
import {pino, type DestinationStream, type Logger as Pino} from 'pino'
import {prettyFactory} from 'pino-pretty'
import {escapeFor} from '../diagnostics/escape.js'
import {currentLogFields} from '../util/log-context.js'
import {LOG_COMPONENTS, type LogComponent, type LogFields, type Logger, type Loggers} from '../util/logger.js'
import type {LogFormat} from './flags/log.js'
import type {LogLevels} from './log-levels.js'
import {openLogOutput} from './log-output.js'
import {journalPrefix, onOneLine, textOf, wrap, type LogLine} from './log-text.js'

export type LoggerOptions = {
  readonly format: LogFormat
  readonly levels: LogLevels
  readonly colour: boolean
  /** Width of the terminal; undefined if the log is not on a terminal. */
  readonly columns?: () => number | undefined
  /** True if the log goes to the journal of systemd, which takes priorities and has its own time stamps. */
  readonly journal?: boolean
  /** Default: standard error. */
  readonly destination?: DestinationStream
}

export function createLoggers(options: LoggerOptions): Loggers {
  const {format, levels, destination} = options
  const target =
    destination ?? openLogOutput((lines) => loggers.process.error('log lines were dropped', {lines}))
  const root = format === 'json' ? jsonLogger(options, target) : textLogger(options, target)
  const loggers = Object.fromEntries(
    LOG_COMPONENTS.map((name) => [name, componentLogger(root.child({}, {level: levels[name]}), name)]),
  ) as Loggers
  return loggers
}

function jsonLogger({journal = false}: LoggerOptions, destination: DestinationStream): Pino {
  const formatters = {level: (label: string) => ({level: label})}
  const options = {base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters}
  const prefixOf = (line: string): string =>
    journal ? journalPrefix(pino.levels.values[/"level":"(\w+)"/.exec(line)?.[1] ?? 'info']) : ''
  return pino(options, {write: (line) => destination.write(prefixOf(line) + escapeFor('json', line))})
}

function textLogger(options: LoggerOptions, destination: DestinationStream): Pino {
  const {colour, columns, journal} = options
  const write = journal ? journalLine : terminalLine(colour, columns)
  return pino({base: null}, {write: (line) => destination.write(escapeFor('text', write(line), {colour}))})
}

function journalLine(json: string): string {
  const line = JSON.parse(json) as LogLine
  return `${journalPrefix(line['level'])}${onOneLine(textOf(line))}\n`
}

function terminalLine(colour: boolean, columns: LoggerOptions['columns']): (json: string) => string {
  const {red} = new Ansis(colour ? 1 : 0)
  const pretty = prettyFactory({
    colorize: colour,
    hideObject: true,
    // pino-pretty would print these before the message, and textOf prints them after it.
    ignore: 'pid,hostname,name,caller',
    messageFormat: (line) => (line['level'] === ERROR ? eachLine(textOf(line), red) : textOf(line)),
    translateTime: 'SYS:HH:MM:ss.l',
  })
  return (json) => wrap(pretty(json), columns?.() ?? Infinity)
}

const ERROR = 50

/** So that a break between two lines does not end the colour. */
function eachLine(text: string, paint: (line: string) => string): string {
  return text.split('\n').map(paint).join('\n')
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
