import type {Medium} from '../diagnostics/escape.js'

/** The result of a command as a value: pure functions make it, the base command prints it. */
export type CommandReport = {
  /** For stdout, including line ends; may be empty. */
  readonly output: string
  /** For stderr, including line ends; may be empty. */
  readonly notes: string
  readonly exitCode: number
  /** How the output is escaped; default: text. Notes are always text. */
  readonly medium?: Medium
  /** True if the output has ANSI colours. */
  readonly colour?: boolean
  /** True if it replaces what the terminal shows. */
  readonly clears?: boolean
}

/** The exit codes of all commands. */
export const EXIT = {
  fine: 0,
  /** There is at least one error diagnostic about the user's objects. */
  diagnostics: 1,
  /** The command line or an environment variable is not valid. */
  usage: 2,
  /** A failure of the environment: the cluster, the host, NGINX or a file. */
  failure: 3,
  /** A bug in lbex (sysexits.h: EX_SOFTWARE). */
  bug: 70,
} as const
