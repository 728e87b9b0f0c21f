/** Commands as a person would type them. */
import type {Args} from './thing.js'

/** Quoted for a POSIX shell where that is needed. */
export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** A whole line that can be copied. */
export function commandLine(program: string, args: Args): string {
  return [program, ...args.map(quoteArgument)].join(' ')
}

/** `--flag='a value'` reads better than `'--flag=a value'`. */
function quoteArgument(argument: string): string {
  const [, flag, value] = /^(--[a-z-]+=)([^]*)$/.exec(argument) ?? []
  return flag === undefined || value === undefined ? shellQuote(argument) : `${flag}${shellQuote(value)}`
}
