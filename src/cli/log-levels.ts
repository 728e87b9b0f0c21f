/** Log levels: one for all components, and others for single ones, such as `info,nginx=debug,api=warn`. */
import {nearest} from '../diagnostics/nearest.js'
import {LOG_COMPONENTS, type LogComponent} from '../util/logger.js'
import {UsageError} from './usage-error.js'

const LEVELS = ['error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof LEVELS)[number]
export type LogLevels = Readonly<Record<LogComponent, LogLevel>>

type LogLevelEntry = {readonly component?: LogComponent; readonly level: LogLevel}

/** The last level of each component applies. Throws a UsageError. */
export function parseLogLevels(text: string): LogLevels {
  const entries = text.split(',').map(parseEntry)
  const base = entries.findLast(({component}) => component === undefined)?.level ?? 'info'
  const overrides = entries.flatMap(({component, level}) => (component ? [[component, level]] : []))
  return {...everywhere(base), ...(Object.fromEntries(overrides) as Partial<LogLevels>)}
}

export function everywhere(level: LogLevel): LogLevels {
  return Object.fromEntries(LOG_COMPONENTS.map((component) => [component, level])) as LogLevels
}

function parseEntry(entry: string): LogLevelEntry {
  const [, component, level = ''] = /^\s*(?:([^=]*)=)?(.*?)\s*$/.exec(entry) ?? []
  if (component === undefined) return {level: oneOf(LEVELS, 'level', level)}
  return {component: oneOf(LOG_COMPONENTS, 'component', component), level: oneOf(LEVELS, 'level', level)}
}

function oneOf<T extends string>(values: readonly T[], what: string, text: string): T {
  const value = values.find((each) => each === text)
  if (value !== undefined) return value
  const guess = nearest(text, values)
  const message = `${what} must be one of ${values.join(', ')}, this is ${JSON.stringify(text)}`
  throw new UsageError(message, guess && `did you mean ${guess}?`)
}
