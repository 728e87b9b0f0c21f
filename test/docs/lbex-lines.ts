/** What is wrong with a command line of lbex, as lbex itself sees it: its flags are parsed, and nothing is run. */
import type {FlagDefinitions} from '../../src/cli/parse-flags.js'
import {parseFlagsAndWords, parseFlags} from '../../src/cli/parse-flags.js'
import {UsageError} from '../../src/cli/usage-error.js'
import {COMMANDS} from '../../src/commands/index.js'
import type {CommandLine} from './shell.js'

type Command = {readonly flags: FlagDefinitions; readonly strict?: boolean}
const commands = COMMANDS as unknown as Readonly<Record<string, Command>>
const topics = new Set(Object.keys(commands).map((id) => id.split(':')[0] ?? id))

/** Programs that run the one that follows them. */
const STARTERS = new Set(['sudo', 'npx', 'time', 'nohup', 'exec', 'env'])

/** What is given to lbex, where the line starts it: by its name, by npx, or in a container after `--`. */
export function argumentsOfLbex({words}: CommandLine): readonly string[] | undefined {
  const first = words.findIndex((word) => !STARTERS.has(word) && !/^-|=/.test(word))
  if (isLbex(words[first])) return words.slice(first + 1)
  const later = words.findIndex((word, index) => isLbex(word) && topics.has(words[index + 1] ?? ''))
  return later === -1 ? undefined : words.slice(later + 1)
}

function isLbex(word = ''): boolean {
  return /^(.*\/)?lbex(@\d+)?$/.test(word) || word === 'bin/run.js'
}

/** `values: false` passes over values, which may be placeholders such as FILE. */
export async function lbexTrouble(
  parameters: readonly string[],
  {values = true} = {},
): Promise<string | undefined> {
  const isQuestion = parameters.some((word) => /^(--help|-h|--version)$/.test(word))
  if (isQuestion || parameters.length === 0) return undefined
  const words = parameters[0] === 'help' ? parameters.slice(1) : parameters
  const found = findCommand(words)
  if (!found) return `lbex has no command ${words.join(' ')}`
  if (typeof found === 'string') return undefined
  try {
    const parse = found.command.strict === false ? parseFlagsAndWords : parseFlags
    await parse(found.command.flags, found.rest, {})
    return undefined
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    if (!values && !/^(unknown flag|unexpected argument)/.test(error.message)) return undefined
    return [error.message, error.hint].filter(Boolean).join('; ')
  }
}

/** A topic alone, as in `lbex gce`, is spoken of as a whole. */
function findCommand(
  words: readonly string[],
): {command: Command; rest: readonly string[]} | string | undefined {
  for (const length of [2, 1]) {
    const command = commands[words.slice(0, length).join(':')]
    if (command && words.length >= length) return {command, rest: words.slice(length)}
  }
  return words.length <= 1 && topics.has(words[0] ?? '') ? words[0] : undefined
}

const variables = new Set(
  Object.values(commands).flatMap(({flags}) => Object.values(flags).map(({env}) => env)),
)

export function unknownVariable({variables: set}: CommandLine): string | undefined {
  const names = set.map((each) => each.slice(0, each.indexOf('=')))
  return names.find((name) => name.startsWith('LBEX_') && !variables.has(name))
}
