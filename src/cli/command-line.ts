/** The commands and flags of lbex that oclif.manifest.json lists: man pages and completions are generated from them. */
import type {Interfaces} from '@oclif/core'

export type Flag = {
  readonly name: string
  readonly char?: string
  /** Absent for a switch. */
  readonly value?: string
  readonly negatable: boolean
  readonly repeatable: boolean
  readonly options: readonly string[]
  readonly description: string
  readonly fallback?: string
  readonly variable?: string
  /** The heading it stands under in the help. */
  readonly group: string
}

export type Command = {
  /** What the user types after `lbex`. */
  readonly words: readonly string[]
  readonly summary: string
  /** Paragraphs. */
  readonly description: readonly string[]
  readonly usage: string
  readonly examples: readonly string[]
  /** Without the hidden ones. */
  readonly flags: readonly Flag[]
}

/** Sorted by name. */
export function commandsOf({commands}: Pick<Interfaces.Manifest, 'commands'>): Command[] {
  const ids = Object.keys(commands).sort()
  return ids.flatMap((id) => (commands[id] && !commands[id].hidden ? [commandOf(id, commands[id])] : []))
}

function commandOf(id: string, command: Interfaces.Manifest['commands'][string]): Command {
  return {
    words: id.split(':'),
    summary: command.summary ?? '',
    description: (command.description ?? '').split('\n').filter((line) => line !== ''),
    usage: [command.usage ?? id].flat()[0] ?? id,
    examples: (command.examples ?? []).map(exampleOf),
    flags: Object.values(command.flags)
      .filter(({hidden}) => !hidden)
      .map(flagOf),
  }
}

function exampleOf(example: NonNullable<Interfaces.Manifest['commands'][string]['examples']>[number]) {
  const text = typeof example === 'string' ? example : example.command
  return text.replaceAll('<%= config.bin %>', 'lbex')
}

function flagOf(flag: Interfaces.Manifest['commands'][string]['flags'][string]): Flag {
  const isOption = flag.type === 'option'
  return {
    name: flag.name,
    negatable: !isOption && flag.allowNo === true,
    repeatable: isOption && flag.multiple === true,
    options: isOption ? (flag.options ?? []) : [],
    description: flag.description ?? flag.summary ?? '',
    group: flag.helpGroup ?? 'other',
    ...(flag.char && {char: flag.char}),
    ...(isOption && {value: valueOf(flag)}),
    ...(isOption && flag.default !== undefined && {fallback: String(flag.default)}),
    ...(flag.env !== undefined && {variable: flag.env}),
  }
}

function valueOf({helpValue, options}: {helpValue?: string | string[]; options?: readonly string[]}): string {
  return [helpValue].flat()[0] ?? options?.join('|') ?? 'VALUE'
}

export type Choice = {readonly word: string; readonly summary: string}

/** By the words before them, with spaces between: the words that may come next, as in `gce` and then `up`. */
export function choicesOf(commands: readonly Command[]): Map<string, Choice[]> {
  const choices = new Map<string, Choice[]>()
  for (const {words, summary} of commands) {
    words.forEach((word, index) => {
      const before = words.slice(0, index).join(' ')
      const known = choices.get(before) ?? []
      if (known.some((choice) => choice.word === word)) return
      const isWhole = index === words.length - 1
      choices.set(before, [...known, {word, summary: isWhole ? summary : `Commands of ${word}.`}])
    })
  }
  return choices
}

/** A line in a menu has room for one. */
export function firstSentence({description}: Flag): string {
  return /^.*?\.(?= |$)/.exec(description)?.[0] ?? description
}

/** The shell is to offer paths for it. */
export function takesPath({value}: Flag): boolean {
  return value !== undefined && /^(PATH|DIR|FILE)\b/.test(value)
}

/** The long forms of a flag. */
export function longNames({name, negatable}: Flag): string[] {
  return negatable ? [`--${name}`, `--no-${name}`] : [`--${name}`]
}
