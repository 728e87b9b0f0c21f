/**
 * Parses the flags of a command from the command line and the environment. oclif's own parser reads `--flag=false` as true if the
 * command has arguments, and any unknown word in a variable as false: see docs/decisions/0003-own-flag-parser.md.
 */
import {parseArgs} from 'node:util'
import type {Interfaces} from '@oclif/core'
import {nearest} from '../diagnostics/nearest.js'
import {isInjectedByKubernetes} from './environment.js'
import {BOOLEAN_FORMS, parseBool} from './parse-bool.js'
import {UsageError} from './usage-error.js'

export type FlagDefinitions = Interfaces.FlagInput
type Definition = FlagDefinitions[string]
type Environment = Readonly<Record<string, string | undefined>>

/** The texts given for a flag, and their source for error messages: `--health-port` or `LBEX_HEALTH_PORT`. */
type GivenTexts = {readonly source: string; readonly texts: readonly string[]}

/**
 * The value of each flag, from the command line, the environment or the default, in this order of precedence. If a flag is given
 * several times, the last value is used; a repeatable flag keeps all of them, and its variable has them separated by commas. A
 * variable is ignored if a flag on the command line excludes its flag. Throws a UsageError.
 */
export async function parseFlags(
  definitions: FlagDefinitions,
  argv: readonly string[],
  environment: Environment,
): Promise<Record<string, unknown>> {
  return parse(definitions, argv, environment, (word) => {
    throw unexpectedArgument(word)
  })
}

/** Like parseFlags, for a command with positional arguments: `words`, in the given order. */
export async function parseFlagsAndWords(
  definitions: FlagDefinitions,
  argv: readonly string[],
  environment: Environment,
): Promise<{flags: Record<string, unknown>; words: string[]}> {
  const words: string[] = []
  const flags = await parse(definitions, argv, environment, (word) => void words.push(word))
  return {flags, words}
}

async function parse(
  definitions: FlagDefinitions,
  argv: readonly string[],
  environment: Environment,
  onWord: (word: string) => void,
): Promise<Record<string, unknown>> {
  const typed = fromCommandLine(definitions, argv, onWord)
  const given = new Map([
    ...withoutExcluded(fromEnvironment(definitions, environment), typed, definitions),
    ...typed,
  ])
  const values = await Promise.all(
    Object.entries(definitions).map(async ([name, definition]) => {
      const texts = given.get(name)
      return [name, texts ? await valueOf(definition, texts) : await defaultOf(definition)] as const
    }),
  )
  const flags = Object.fromEntries(values)
  refuseExclusive(definitions, given, flags)
  return flags
}

function fromEnvironment(definitions: FlagDefinitions, environment: Environment): Map<string, GivenTexts> {
  const given = new Map<string, GivenTexts>()
  for (const [name, {env}] of Object.entries(definitions)) {
    const text = env === undefined ? undefined : environment[env]
    if (env === undefined || !text || isInjectedByKubernetes(env, text)) continue
    const texts = isRepeatable(definitions[name]) ? text.split(',').map((part) => part.trim()) : [text]
    given.set(name, {source: env, texts})
  }
  return given
}

/** The variables of flags that no flag on the command line excludes. */
function withoutExcluded(
  variables: ReadonlyMap<string, GivenTexts>,
  typed: ReadonlyMap<string, GivenTexts>,
  definitions: FlagDefinitions,
): Map<string, GivenTexts> {
  const excludedBy = (name: string): readonly string[] => definitions[name]?.exclusive ?? []
  const on = [...typed].filter(([name, given]) => !isOff(definitions[name], given))
  const isExcluded = (name: string): boolean =>
    on.some(([other]) => excludedBy(other).includes(name) || excludedBy(name).includes(other))
  return new Map([...variables].filter(([name]) => !isExcluded(name)))
}

/** True for a boolean flag that is given as false. */
function isOff(definition: Definition | undefined, {texts}: GivenTexts): boolean {
  return definition?.type === 'boolean' && parseBool(texts.at(-1) ?? '') === false
}

function fromCommandLine(
  definitions: FlagDefinitions,
  argv: readonly string[],
  onWord: (word: string) => void,
): Map<string, GivenTexts> {
  const given = new Map<string, GivenTexts>()
  for (const token of tokensOf(definitions, argv)) {
    if (token.kind === 'positional') onWord(token.value)
    if (token.kind !== 'option') continue
    const [name, text] = nameAndText(definitions, token, argv)
    const before = isRepeatable(definitions[name]) ? (given.get(name)?.texts ?? []) : []
    given.set(name, {source: `--${name}`, texts: [...before, text]})
  }
  return given
}

type FlagToken = {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
  readonly index: number
}

function tokensOf(definitions: FlagDefinitions, argv: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries(definitions).map(([name, {type, char}]) => [
      name,
      {type: type === 'boolean' ? 'boolean' : 'string', ...(char && {short: char})} as const,
    ]),
  )
  return parseArgs({args: [...argv], options, strict: false, allowPositionals: true, tokens: true}).tokens
}

/** The name of the flag and the text of its value: `true` for a bare `--flag`, `false` for `--no-flag`. */
function nameAndText(
  definitions: FlagDefinitions,
  {name, rawName, value, index}: FlagToken,
  argv: readonly string[],
): [string, string] {
  const negated = /^no-(.+)$/.exec(name)?.[1]
  if (!definitions[name] && negated && definitions[negated]?.type === 'boolean') {
    if (value !== undefined)
      throw new UsageError(`${rawName} does not take a value`, `write --${negated}=${value}`)
    return [negated, 'false']
  }
  const definition = definitions[name]
  if (!definition) throw unknownFlag(rawName, argv[index] ?? rawName, definitions)
  if (definition.type === 'boolean') return [name, value ?? 'true']
  if (value === undefined) throw new UsageError(`${rawName} needs a value`)
  return [name, rawName.length === 2 ? value.replace(/^=/, '') : value]
}

async function valueOf(definition: Definition, {source, texts}: GivenTexts): Promise<unknown> {
  const values = await Promise.all(texts.map((text) => parseText(definition, source, text)))
  return isRepeatable(definition) ? values : values.at(-1)
}

async function parseText(definition: Definition, source: string, text: string): Promise<unknown> {
  if (definition.type === 'boolean') return parseBoolean(source, text)
  if (definition.options && !definition.options.includes(text))
    throw unknownChoice(source, text, definition.options)
  try {
    return await definition.parse(text, {} as never, definition)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new UsageError(`${source}: ${error.message}`, error.hint ?? repeatHint(definition, source, text))
  }
}

/** Commas separate values in a variable only. */
function repeatHint(definition: Definition, source: string, text: string): string | undefined {
  const isList = isRepeatable(definition) && source.startsWith('--') && text.includes(',')
  return isList
    ? `repeat the flag for each value: ${text
        .split(',')
        .map((part) => `${source} ${part.trim()}`)
        .join(' ')}`
    : undefined
}

function parseBoolean(source: string, text: string): boolean {
  const value = parseBool(text)
  if (value === undefined)
    throw new UsageError(`${source}: must be ${BOOLEAN_FORMS}, this is ${JSON.stringify(text)}`)
  return value
}

async function defaultOf(definition: Definition): Promise<unknown> {
  const value = (definition.default ?? (definition.type === 'boolean' ? false : undefined)) as unknown
  return isFunction(value) ? value({flags: {}, options: definition}) : value
}

function isFunction(value: unknown): value is (context: unknown) => unknown {
  return typeof value === 'function'
}

function isRepeatable(definition: Definition | undefined): boolean {
  return definition?.type === 'option' && definition.multiple === true
}

function refuseExclusive(
  definitions: FlagDefinitions,
  given: ReadonlyMap<string, GivenTexts>,
  flags: Readonly<Record<string, unknown>>,
): void {
  for (const [name, {source}] of given) {
    if (flags[name] === false) continue
    for (const other of definitions[name]?.exclusive ?? []) {
      const excluded = given.get(other)
      if (excluded && flags[other] !== false) {
        throw new UsageError(
          `${source} and ${excluded.source} cannot be used together`,
          'use only one of them',
        )
      }
    }
  }
}

/** `word` is the whole argument: `-kubeconfig` is parsed as the short flags -k, -u and so on, but its author means --kubeconfig. */
function unknownFlag(rawName: string, word: string, definitions: FlagDefinitions): UsageError {
  const [name = ''] = word.replace(/^-+/, '').split('=')
  const isLong = definitions[name] !== undefined
  const guess = isLong ? name : nearest(rawName.replace(/^-+/, ''), Object.keys(definitions))
  return new UsageError(`unknown flag ${isLong ? `-${name}` : rawName}`, guess && `did you mean --${guess}?`)
}

function unknownChoice(source: string, text: string, options: readonly string[]): UsageError {
  const guess = nearest(text, options)
  const message = `${source}: must be one of ${options.join(', ')}, this is ${JSON.stringify(text)}`
  return new UsageError(message, guess && `did you mean ${guess}?`)
}

function unexpectedArgument(text: string): UsageError {
  const hint =
    parseBool(text) === undefined
      ? 'name manifests with -f PATH'
      : `write the value of a boolean flag after an equals sign: --flag=${text}`
  return new UsageError(`unexpected argument ${JSON.stringify(text)}`, hint)
}
