/** The log of a command that works for long: on standard error, as its flags say. */
import {deprecationNotice, logLevelOf, type LogFlags} from '../flags/log.js'
import {createLogger} from '../logger.js'
import type {Logger} from '../../util/logger.js'

/** Begins with `notices`, sentences about the command line, and one about the flags of the first lbex. */
export function openLog(flags: LogFlags, notices: readonly string[]): Logger {
  const terminal = process.stderr.isTTY === true
  const log = createLogger({
    format: flags['log-format'] ?? (terminal ? 'text' : 'json'),
    level: logLevelOf(flags),
    colour: terminal && !process.env['NO_COLOR'],
  })
  const deprecation = deprecationNotice(flags)
  for (const notice of [...notices, ...(deprecation ? [deprecation] : [])]) log.warn(notice)
  return log
}
