/** Base class of all commands: reads the flags and prints the report. */
import {Command, type Interfaces} from '@oclif/core'
import {escapeFor} from '../diagnostics/escape.js'
import {EXIT, type CommandReport} from '../report/report.js'
import {unknownVariables} from './environment.js'
import {parseFlags, parseFlagsAndWords} from './parse-flags.js'

/** Flags that name what to read. */
const SOURCES = ['filename', 'proxy', 'kubeconfig', 'context', 'gke-cluster']

/** Moves the cursor to the first line of the terminal, and clears everything below. */
const CLEAR = '\x1b[H\x1b[J'

export abstract class LbexCommand extends Command {
  private isQuiet = false

  /**
   * The flags of the command line and the environment, and a sentence for each LBEX_* variable that is not a
   * flag of any command. Throws a UsageError.
   */
  protected async readFlags<T extends Interfaces.FlagInput>(
    definitions: T,
  ): Promise<{flags: Interfaces.InferredFlags<T>; notices: readonly string[]}> {
    this.parsed = true
    const flags = await parseFlags(definitions, this.argv, process.env)
    this.obey(flags)
    return {flags: flags as Interfaces.InferredFlags<T>, notices: this.notices()}
  }

  /** Like readFlags, and returns the positional arguments too. */
  protected async readFlagsAndWords<T extends Interfaces.FlagInput>(
    definitions: T,
  ): Promise<{flags: Interfaces.InferredFlags<T>; words: readonly string[]; notices: readonly string[]}> {
    this.parsed = true
    const {flags, words} = await parseFlagsAndWords(definitions, this.argv, process.env)
    this.obey(flags)
    return {flags: flags as Interfaces.InferredFlags<T>, words, notices: this.notices()}
  }

  /**
   * True if a cluster or files are named on the command line. Variables do not count: they are set for `lbex run`, which the
   * command then asks.
   */
  protected async namesSource(definitions: Interfaces.FlagInput): Promise<boolean> {
    const {flags} = await parseFlagsAndWords(definitions, this.argv, {})
    return SOURCES.some((name) => flags[name] !== undefined)
  }

  /** Aborts on the first SIGINT or SIGTERM; a second one ends the process. */
  protected stopping(): AbortSignal {
    const stopping = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())
    return stopping.signal
  }

  /** Prints a report and sets the exit code. */
  protected show(report: CommandReport): void {
    const {notes, output, exitCode, medium = 'text', colour = false, clears = false} = report
    if (clears) process.stdout.write(CLEAR)
    if (!this.isQuiet || exitCode !== EXIT.fine) process.stderr.write(escapeFor('text', notes))
    process.stdout.write(escapeFor(medium, output, {colour}))
    process.exitCode = exitCode
  }

  /** Passes errors to `main`, which prints them; oclif would print them itself. */
  protected override async catch(error: Error): Promise<never> {
    throw error
  }

  /** The flags of flags/console.ts, which not every command has. All that uses colours looks at NO_COLOR. */
  private obey({quiet, color}: Readonly<Record<string, unknown>>): void {
    this.isQuiet = quiet === true
    if (color === false) process.env['NO_COLOR'] = '1'
  }

  private notices(): readonly string[] {
    return unknownVariables(process.env, this.variables())
  }

  /** The variables of all commands: several commands may share one environment. */
  private variables(): string[] {
    const flags = this.config.commands.flatMap((command) => Object.values(command.flags))
    return flags.flatMap(({env}) => (env === undefined ? [] : [env]))
  }
}
