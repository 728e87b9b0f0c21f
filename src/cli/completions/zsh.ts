/** What zsh has to know to complete a command line of lbex. Pure. */
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

export function zshCompletion(commands: readonly Command[]): string {
  return `#compdef lbex
# zsh completion for lbex, made from its commands

local typed=''
integer at=2
while ((at < CURRENT)) && [[ \${words[at]} != -* ]]; do
  typed+="\${typed:+ }\${words[at++]}"
done
words=(lbex "\${(@)words[at,-1]}")
((CURRENT -= at - 2))

case $typed in
${[...[...choicesOf(commands)].map(topic), ...commands.map(commandCase)].join('\n')}
esac
`
}

function topic([before, choices]: [string, Choice[]]): string {
  const lines = choices.map(({word, summary}) => `    ${quoted(`${word}:${summary.replaceAll(':', '\\:')}`)}`)
  return `${quoted(before)})
  local -a choices=(
${lines.join('\n')}
  )
  _describe -t commands command choices
  ;;`
}

function commandCase({words, flags}: Command): string {
  const specifications = [...flags.flatMap(specificationsOf), '--help[Show what the command does.]']
  return `${quoted(words.join(' '))})
  _arguments -s \\
${specifications.map((specification) => `    ${quoted(specification)}`).join(' \\\n')}
  ;;`
}

function specificationsOf(flag: Flag): string[] {
  const {char, value, repeatable} = flag
  const says = `[${firstSentence(flag).replace(/[[\]:\\]/g, '\\$&')}]`
  const takes = value === undefined ? '' : `:${value.replaceAll(':', '\\:')}:${valuesOf(flag)}`
  const star = repeatable ? '*' : ''
  return [
    ...(char === undefined ? [] : [`${star}-${char}${says}${takes}`]),
    ...longNames(flag).map((name) => `${star}${name}${value === undefined ? '' : '='}${says}${takes}`),
  ]
}

function valuesOf(flag: Flag): string {
  if (flag.options.length > 0) return `(${flag.options.join(' ')})`
  return takesPath(flag) ? '_files' : ' '
}
