/** What bash has to know to complete a command line of lbex; needs nothing but bash. Pure. */
import {choicesOf, longNames, takesPath, type Command, type Flag} from '../command-line.js'

export function bashCompletion(commands: readonly Command[]): string {
  return `# bash completion for lbex, made from its commands

_lbex() {
    local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} typed='' word
    # readline takes "=" for a word of its own
    [[ $current == = ]] && current=''
    [[ $previous == = ]] && previous=\${COMP_WORDS[COMP_CWORD-2]}
    for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ $word == -* ]] && break
        typed+="\${typed:+ }$word"
    done
    COMPREPLY=()
    case $typed in
${[...topics(commands), ...commands.map(commandCase)].join('\n')}
    esac
}
complete -F _lbex lbex
`
}

function topics(commands: readonly Command[]): string[] {
  return [...choicesOf(commands)].map(([before, choices]) => {
    const words = choices.map(({word}) => word)
    return `    '${before}') ${offer([...words, ...(before === '' ? ['help', '--help', '--version'] : [])])} ;;`
  })
}

function commandCase({words, flags}: Command): string {
  const lines = [...flags.flatMap(valueCase), `*) ${offer([...flags.flatMap(longNames), '--help'])} ;;`]
  return `    '${words.join(' ')}')
        case $previous in
${lines.map((line) => `        ${line}`).join('\n')}
        esac ;;`
}

/** After a flag that takes a value comes the value. */
function valueCase(flag: Flag): string[] {
  const {name, char, value, options} = flag
  if (value === undefined) return []
  const forms = [...(char === undefined ? [] : [`-${char}`]), `--${name}`].join('|')
  if (takesPath(flag))
    return [`${forms}) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;`]
  return [`${forms}) ${options.length > 0 ? offer(options) : ''} ;;`]
}

function offer(words: readonly string[]): string {
  return `COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$current"))`
}
