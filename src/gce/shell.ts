/** Writes commands as a user would type them into a shell. */
import type {Args} from './resource.js'

/** Quotes a word for a POSIX shell if that is needed. */
export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** A command line to copy and paste. */
export function commandLine(program: string, args: Args): string {
  return [program, ...args.map(quoteArgument)].join(' ')
}

/** Writes `--flag='a value'` rather than `'--flag=a value'`. */
function quoteArgument(argument: string): string {
  const [, flag, value] = /^(--[a-z-]+=)([^]*)$/.exec(argument) ?? []
  return flag === undefined || value === undefined ? shellQuote(argument) : `${flag}${shellQuote(value)}`
}
