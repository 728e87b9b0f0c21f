/** `lbex completion`: the completion of lbex for one shell. */
import type {Command} from '@oclif/core'
import {nearest} from '../diagnostics/nearest.js'
import {EXIT, type CommandReport} from '../report/report.js'
import {commandsOf} from './command-line.js'
import {bashCompletion} from './completions/bash.js'
import {fishCompletion} from './completions/fish.js'
import {zshCompletion} from './completions/zsh.js'
import {UsageError} from './usage-error.js'

const SHELLS = new Map([
  ['bash', bashCompletion],
  ['zsh', zshCompletion],
  ['fish', fishCompletion],
])

/** `words`: the name of the shell. Throws a UsageError. */
export function completion(words: readonly string[], commands: readonly Command.Loadable[]): CommandReport {
  const [shell = '', ...others] = words
  const write = others.length === 0 ? SHELLS.get(shell) : undefined
  if (write) {
    const byId = Object.fromEntries(commands.map((command) => [command.id, command]))
    return {output: write(commandsOf({commands: byId})), notes: '', exitCode: EXIT.fine}
  }
  const names = [...SHELLS.keys()]
  const guess = nearest(shell, names)
  throw new UsageError(
    words.length === 1 ? `there is no completion for ${JSON.stringify(shell)}` : 'name one shell',
    guess === undefined ? `the shells are ${names.join(', ')}` : `did you mean ${guess}?`,
  )
}
