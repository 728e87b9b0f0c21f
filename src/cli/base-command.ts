/** What every command shares: how its flags are read and how its report is printed. */
import {Command, type Interfaces} from '@oclif/core'
import {escapeFor} from '../diagnostics/escape.js'
import type {Report} from '../report/report.js'
import {unknownVariables} from './environment.js'
import {parseFlags, parseFlagsAndWords} from './parse-flags.js'

export type Notices = readonly string[]

export abstract class LbexCommand extends Command {
  /**
   * The flags of the command line and the environment, and a sentence for each LBEX_* variable that no command knows.
   * Throws a UsageError.
   */
  protected async readFlags<T extends Interfaces.FlagInput>(
    definitions: T,
  ): Promise<{flags: Interfaces.InferredFlags<T>; notices: Notices}> {
    this.parsed = true
    const flags = await parseFlags(definitions, this.argv, process.env)
    return {flags: flags as Interfaces.InferredFlags<T>, notices: this.notices()}
  }

  /** As readFlags, with the words that stand beside the flags. */
  protected async readFlagsAndWords<T extends Interfaces.FlagInput>(
    definitions: T,
  ): Promise<{flags: Interfaces.InferredFlags<T>; words: readonly string[]; notices: Notices}> {
    this.parsed = true
    const {flags, words} = await parseFlagsAndWords(definitions, this.argv, process.env)
    return {flags: flags as Interfaces.InferredFlags<T>, words, notices: this.notices()}
  }

  /** Prints what a command has to say. */
  protected show(report: Report): void {
    const {notes, output, exitCode, medium = 'text', colour = false} = report
    process.stderr.write(escapeFor('text', notes))
    process.stdout.write(escapeFor(medium, output, {colour}))
    process.exitCode = exitCode
  }

  /** Errors go to the one place that explains them, untouched. */
  protected override async catch(error: Error): Promise<never> {
    throw error
  }

  private notices(): Notices {
    return unknownVariables(process.env, this.variables())
  }

  /** The variables of all commands: one environment may serve several. */
  private variables(): string[] {
    const flags = this.config.commands.flatMap((command) => Object.values(command.flags))
    return flags.flatMap(({env}) => (env === undefined ? [] : [env]))
  }
}
