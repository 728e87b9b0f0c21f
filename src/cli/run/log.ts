/** Opens the loggers of `lbex run` and `lbex drain` on standard error. */
import {deprecationNotice, logLevelsOf, type LogFlags} from '../flags/log.js'
import {createLoggers} from '../logger.js'
import type {Loggers} from '../../util/logger.js'

/** Logs `notices` (sentences about the command line) and a warning about deprecated flags. */
export function openLog(flags: LogFlags, notices: readonly string[]): Loggers {
  const terminal = process.stderr.isTTY === true
  const logs = createLoggers({
    format: flags['log-format'] ?? (terminal ? 'text' : 'json'),
    levels: logLevelsOf(flags),
    colour: terminal && !process.env['NO_COLOR'],
  })
  const deprecation = deprecationNotice(flags)
  for (const notice of [...notices, ...(deprecation ? [deprecation] : [])]) logs.process.warn(notice)
  return logs
}
