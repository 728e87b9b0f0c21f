/** What fish has to know to complete a command line of lbex. Pure. */
import {
  choicesOf,
  firstSentence,
  longNames,
  takesPath,
  type Choice,
  type Command,
  type Flag,
} from '../command-line.js'
import {quoted} from './quoted.js'

export function fishCompletion(commands: readonly Command[]): string {
  const lines = [
    '# fish completion for lbex, made from its commands',
    'complete -c lbex -f',
    ...[...choicesOf(commands)].flatMap(topic),
    ...commands.flatMap(({words, flags}) => flags.flatMap((flag) => flagLines(words, flag))),
  ]
  return `${lines.join('\n')}\n`
}

function topic([before, choices]: [string, Choice[]]): string[] {
  const words = choices.map(({word}) => word).join(' ')
  const conditions = [...seen(before.split(' ')), `not __fish_seen_subcommand_from ${words}`]
  return choices.map(({word, summary}) => complete(conditions, `-a ${word} -d ${quoted(summary)}`))
}

function flagLines(words: readonly string[], flag: Flag): string[] {
  const {char, value, options} = flag
  const takes = [
    ...(value === undefined ? [] : [takesPath(flag) ? '-rF' : '-x']),
    ...(options.length > 0 ? [`-a ${quoted(options.join(' '))}`] : []),
    `-d ${quoted(firstSentence(flag))}`,
  ].join(' ')
  const short = char === undefined ? '' : `-s ${char} `
  return longNames(flag).map((name) => complete(seen(words), `${short}-l ${name.slice(2)} ${takes}`))
}

function seen(words: readonly string[]): string[] {
  return words.filter((word) => word !== '').map((word) => `__fish_seen_subcommand_from ${word}`)
}

function complete(conditions: readonly string[], rest: string): string {
  return `complete -c lbex -n ${quoted(conditions.join('; and '))} ${rest}`
}
