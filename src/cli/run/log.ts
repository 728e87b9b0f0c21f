/** The loggers of a long-running command, on standard error, according to its flags. */
import {deprecationNotice, logLevelsOf, type LogFlags} from '../flags/log.js'
import {createLoggers} from '../logger.js'
import type {Loggers} from '../../util/logger.js'

/** Begins with `notices`, sentences about the command line, and one about the flags of the first lbex. */
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
