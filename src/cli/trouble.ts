/** The one place that turns whatever was thrown into lines for stderr and an exit code. */
import {Failure, messageOf} from '../diagnostics/failure.js'
import {EXIT, type Report} from '../report/report.js'
import {UsageError} from './usage-error.js'

/**
 * A user's mistake and a failure of the environment are one line and a hint; anything else is a bug and shows its stack.
 * `debug` adds what lies behind a failure.
 */
export function reportTrouble(error: unknown, {debug}: {readonly debug: boolean}): Report {
  if (error instanceof UsageError) {
    return told([`error: ${error.message}`, ...hint(error.hint)], EXIT.usage)
  }
  if (error instanceof Failure) {
    const causes = debug ? causesOf(error).map((cause) => `cause: ${cause}`) : []
    return told([`error: ${error.message}`, ...hint(error.hint), ...causes], EXIT.failure)
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return told([`error: this is a bug in lbex: ${messageOf(error)}`, stack, 'please report this'], EXIT.bug)
}

function told(lines: readonly string[], exitCode: number): Report {
  return {output: '', notes: `${lines.join('\n')}\n`, exitCode}
}

function hint(text: string | undefined): string[] {
  return text === undefined ? [] : [`hint: ${text}`]
}

function causesOf(error: Error): string[] {
  const {cause} = error
  if (cause === undefined) return []
  return [messageOf(cause), ...(cause instanceof Error ? causesOf(cause) : [])]
}
