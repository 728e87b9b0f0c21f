/**
 * Reads the flags of a command from the command line and the environment. oclif's own parser is not used: it takes
 * `--flag=false` for true where a command has arguments, and any word in a variable for false.
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

/** What somebody wrote for a flag, and where: `--health-port` or `LBEX_HEALTH_PORT`. */
type Given = {readonly source: string; readonly texts: readonly string[]}

/**
 * The value of every flag: the command line wins over the environment, which wins over the default. The last of several
 * values counts, a repeatable flag keeps them all; in a variable they are separated by commas. The command line also wins
 * over a variable of a flag that excludes the one that was typed. Throws a UsageError.
 */
export async function parseFlags(
  definitions: FlagDefinitions,
  argv: readonly string[],
  environment: Environment,
): Promise<Record<string, unknown>> {
  const refuse = (word: string): never => {
    throw unexpectedArgument(word)
  }
  return parse(definitions, argv, environment, refuse)
}

/** As parseFlags, for a command that takes words beside its flags: what it works on, in the order given. */
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
    ...yielding(fromEnvironment(definitions, environment), typed, definitions),
    ...typed,
  ])
  const values = await Promise.all(
    Object.entries(definitions).map(async ([name, definition]) => {
      const said = given.get(name)
      return [name, said ? await read(definition, said) : await defaultOf(definition)] as const
    }),
  )
  const flags = Object.fromEntries(values)
  refuseExclusive(definitions, given, flags)
  return flags
}

function fromEnvironment(definitions: FlagDefinitions, environment: Environment): Map<string, Given> {
  const given = new Map<string, Given>()
  for (const [name, {env}] of Object.entries(definitions)) {
    const text = env === undefined ? undefined : environment[env]
    if (env === undefined || !text || isInjectedByKubernetes(env, text)) continue
    const texts = isRepeatable(definitions[name]) ? text.split(',').map((part) => part.trim()) : [text]
    given.set(name, {source: env, texts})
  }
  return given
}

/** The variables that nothing on the command line excludes. */
function yielding(
  set: ReadonlyMap<string, Given>,
  typed: ReadonlyMap<string, Given>,
  definitions: FlagDefinitions,
): Map<string, Given> {
  const rivals = (name: string): readonly string[] => definitions[name]?.exclusive ?? []
  const wanted = [...typed].filter(([name, given]) => !isOff(definitions[name], given))
  const isExcluded = (name: string): boolean =>
    wanted.some(([other]) => rivals(other).includes(name) || rivals(name).includes(other))
  return new Map([...set].filter(([name]) => !isExcluded(name)))
}

/** A boolean that is given as false. */
function isOff(definition: Definition | undefined, {texts}: Given): boolean {
  return definition?.type === 'boolean' && parseBool(texts.at(-1) ?? '') === false
}

function fromCommandLine(
  definitions: FlagDefinitions,
  argv: readonly string[],
  onWord: (word: string) => void,
): Map<string, Given> {
  const given = new Map<string, Given>()
  for (const token of tokensOf(definitions, argv)) {
    if (token.kind === 'positional') onWord(token.value)
    if (token.kind !== 'option') continue
    const [name, text] = valueOf(definitions, token)
    const before = isRepeatable(definitions[name]) ? (given.get(name)?.texts ?? []) : []
    given.set(name, {source: `--${name}`, texts: [...before, text]})
  }
  return given
}

type FlagToken = {readonly name: string; readonly rawName: string; readonly value?: string | undefined}

function tokensOf(definitions: FlagDefinitions, argv: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries(definitions).map(([name, {type, char}]) => [
      name,
      {type: type === 'boolean' ? 'boolean' : 'string', ...(char && {short: char})} as const,
    ]),
  )
  return parseArgs({args: [...argv], options, strict: false, allowPositionals: true, tokens: true}).tokens
}

/** The flag's name and the text of its value: a bare `--flag` says `true`, `--no-flag` says `false`. */
function valueOf(definitions: FlagDefinitions, {name, rawName, value}: FlagToken): [string, string] {
  const negated = /^no-(.+)$/.exec(name)?.[1]
  if (!definitions[name] && negated && definitions[negated]?.type === 'boolean') {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value`, `write --${negated}=${value}`)
    return [negated, 'false']
  }
  const definition = definitions[name]
  if (!definition) throw unknownFlag(rawName, definitions)
  if (definition.type === 'boolean') return [name, value ?? 'true']
  if (value === undefined) throw new UsageError(`${rawName} needs a value`)
  return [name, rawName.length === 2 ? value.replace(/^=/, '') : value]
}

async function read(definition: Definition, {source, texts}: Given): Promise<unknown> {
  const values = await Promise.all(texts.map((text) => readOne(definition, source, text)))
  return isRepeatable(definition) ? values : values.at(-1)
}

async function readOne(definition: Definition, source: string, text: string): Promise<unknown> {
  if (definition.type === 'boolean') return readBoolean(source, text)
  if (definition.options && !definition.options.includes(text))
    throw unknownChoice(source, text, definition.options)
  try {
    return await definition.parse(text, {} as never, definition)
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${source}: ${error.message}`, error.hint) : error
  }
}

function readBoolean(source: string, text: string): boolean {
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
  given: ReadonlyMap<string, Given>,
  flags: Readonly<Record<string, unknown>>,
): void {
  for (const [name, {source}] of given) {
    if (flags[name] === false) continue
    for (const other of definitions[name]?.exclusive ?? []) {
      const rival = given.get(other)
      if (rival && flags[other] !== false) {
        throw new UsageError(`${source} and ${rival.source} cannot be used together`, 'use only one of them')
      }
    }
  }
}

function unknownFlag(rawName: string, definitions: FlagDefinitions): UsageError {
  const guess = nearest(rawName.replace(/^-+/, ''), Object.keys(definitions))
  return new UsageError(`unknown flag ${rawName}`, guess && `did you mean --${guess}?`)
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
