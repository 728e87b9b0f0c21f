import type {Medium} from '../diagnostics/escape.js'

/** What a command has to say, as a value: reports are made by pure functions and printed in one place. */
export type Report = {
  /** For stdout, with its line ends; empty for nothing. */
  readonly output: string
  /** For stderr, with its line ends; empty for nothing. */
  readonly notes: string
  readonly exitCode: number
  /** What the output is; default: text. Notes are text. */
  readonly medium?: Medium
  /** True for an output with colours. */
  readonly colour?: boolean
}

/** What the exit code of every command means. */
export const EXIT = {
  fine: 0,
  /** Something in the user's objects is wrong: at least one error diagnostic. */
  diagnostics: 1,
  /** The command line or the environment is wrong. */
  usage: 2,
  /** The host, NGINX or a file stands in the way. */
  failure: 3,
  /** lbex itself is wrong (sysexits.h: EX_SOFTWARE). */
  bug: 70,
} as const
