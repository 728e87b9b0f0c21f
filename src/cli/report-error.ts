/** Turns any thrown value into lines for stderr and an exit code. */
import {Failure, messageOf} from '../diagnostics/failure.js'
import {EXIT, type CommandReport} from '../report/report.js'
import {UsageError} from './usage-error.js'

/**
 * A UsageError and a Failure are one line and a hint; anything else is a bug and is printed with its stack. `debug` adds the
 * causes of a Failure.
 */
export function reportError(error: unknown, {debug}: {readonly debug: boolean}): CommandReport {
  if (error instanceof UsageError) {
    return printed([`error: ${error.message}`, ...hint(error.hint)], EXIT.usage)
  }
  if (error instanceof Failure) {
    const causes = debug ? causesOf(error).map((cause) => `cause: ${cause}`) : []
    return printed([`error: ${error.message}`, ...hint(error.hint), ...causes], EXIT.failure)
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return printed([`error: this is a bug in lbex: ${messageOf(error)}`, stack, 'please report this'], EXIT.bug)
}

function printed(lines: readonly string[], exitCode: number): CommandReport {
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
