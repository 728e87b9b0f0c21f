/** Opens the loggers of `lbex run` and `lbex drain` on standard error. */
import {fstatSync} from 'node:fs'
import {deprecationNotice, logLevelsOf, type LogFlags, type LogFormat} from '../flags/log.js'
import {createLoggers} from '../logger.js'
import type {Loggers} from '../../util/logger.js'

/** Logs `notices` (sentences about the command line) and a warning about deprecated flags. */
export function openLog(flags: LogFlags, notices: readonly string[]): Loggers {
  const logs = createLoggers({
    format: logFormatOf(flags),
    levels: logLevelsOf(flags),
    colour: isTerminal() && !process.env['NO_COLOR'],
    columns: () => (isTerminal() ? process.stderr.columns : undefined),
    journal: isJournal(process.env['JOURNAL_STREAM'], fstatSync(process.stderr.fd)),
  })
  const deprecation = deprecationNotice(flags)
  for (const notice of [...notices, ...(deprecation ? [deprecation] : [])]) logs.process.warn(notice)
  return logs
}

/** The format of --log-format; default: text on a terminal, else JSON. */
export function logFormatOf(flags: Pick<LogFlags, 'log-format'>): LogFormat {
  return flags['log-format'] ?? (isTerminal() ? 'text' : 'json')
}

function isTerminal(): boolean {
  return process.stderr.isTTY === true
}

/** JOURNAL_STREAM names the socket of the journal as DEVICE:INODE; another program may have redirected the stream: systemd.exec(5). */
export function isJournal(
  variable: string | undefined,
  stream: {readonly dev: number; readonly ino: number},
): boolean {
  return variable === `${stream.dev}:${stream.ino}`
}
