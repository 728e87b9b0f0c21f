/** Parses text with `yaml` to a document that keeps its positions, and converts that to a plain value. JSON is YAML, too. */
import {
  Composer,
  Lexer,
  Parser,
  visit,
  type CST,
  type Document,
  type ParsedNode,
  type YAMLParseError,
} from 'yaml'
import {findAliases, type Aliases} from './aliases.js'
import {isMerge, rangeOfNode, type TextRange} from './yaml-nodes.js'
import {KUBERNETES_SCHEMA} from './yaml-schema.js'

export type YamlDocument = {
  readonly text: string
  readonly document: Document.Parsed<ParsedNode>
}

/** Why a text cannot be read. */
export type YamlProblem = {readonly problem: string; readonly range: TextRange}

/** No manifest is nested more deeply, and recursive walks would overflow the stack. */
const MAX_DEPTH = 256

/** Characters of one value. The API server accepts no object of that size, and `yaml` needs 70 times as much memory. */
const MAX_VALUE_LENGTH = 2 * 1024 * 1024

/** Anchors and aliases of one document. `yaml` searches all of them for each alias. */
const MAX_ALIASES = 10_000

/** Nodes that aliases may add to a document: enough for a long List, but not for exponential growth. */
const MAX_ALIASED_NODES = 1_000_000

/** Parses the first document in `text`. Never throws: `syntaxProblem` returns errors. */
export function parseYaml(text: string): YamlDocument {
  const composer = new Composer({
    schema: KUBERNETES_SCHEMA,
    stringKeys: true,
    // The check is quadratic; duplicate-keys.ts finds duplicate keys.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  })
  const [document] = composer.compose(tokensOf(text), true, text.length)
  return {text, document: document as Document.Parsed<ParsedNode>}
}

/** The tokens of the parser, up to a deep nesting (the composer is recursive) or a value of some megabytes. */
function* tokensOf(text: string): Generator<CST.Token, void> {
  const parser = new Parser()
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme.length <= MAX_VALUE_LENGTH) yield* parser.next(lexeme)
    const message =
      lexeme.length > MAX_VALUE_LENGTH
        ? `A value has more than ${MAX_VALUE_LENGTH} characters`
        : tooDeep(parser)
    if (message !== undefined) {
      yield {type: 'error', offset: parser.offset, source: '', message}
      return
    }
  }
  yield* parser.end()
}

function tooDeep(parser: Parser): string | undefined {
  return parser.stack.length > MAX_DEPTH ? 'It is nested too deeply' : undefined
}

/** The first syntax error; others are mostly its consequences. Duplicate keys are not errors here. */
export function syntaxProblem({text, document}: YamlDocument): YamlProblem | undefined {
  const [error] = document.errors
  if (!error) return undefined
  // An error at the end of the text has a position behind it, often on a line that does not exist.
  const end = text.trimEnd().length
  return {problem: describe(error), range: [Math.min(error.pos[0], end), Math.min(error.pos[1], end)]}
}

function describe({code, message}: YAMLParseError): string {
  return code === 'NON_STRING_KEY' ? 'a key must be a string' : lowerFirst(message)
}

/** The plain value with aliases and merge keys resolved, or the problem with these. Mappings are plain objects. */
export function readValue({document}: YamlDocument): {readonly value: unknown} | YamlProblem {
  const aliases = findAliases(document)
  const tooMany = excess(aliases)
  if (tooMany !== undefined) return {problem: tooMany, range: rangeOfNode([...aliases.targets.keys()][0])}
  try {
    return {value: document.toJS({maxAliasCount: -1})}
  } catch (error) {
    // Every error here is in the text: a missing anchor, too many aliases, or an invalid merge.
    const problem = error instanceof RangeError ? 'a mapping is merged into itself' : (error as Error).message
    return {problem: lowerFirst(problem), range: suspect(document, aliases)}
  }
}

function excess({targets, anchors, added}: Aliases): string | undefined {
  if (added > MAX_ALIASED_NODES) return `its aliases expand to more than ${MAX_ALIASED_NODES} values`
  const count = targets.size + anchors
  return targets.size > 0 && count > MAX_ALIASES
    ? `it has ${count} anchors and aliases, more than ${MAX_ALIASES}`
    : undefined
}

/** The alias without an anchor; else the first alias; else the first merge key. */
function suspect(document: Document.Parsed<ParsedNode>, {targets}: Aliases): TextRange {
  const [unresolved] = [...targets].find(([, target]) => !target) ?? targets.keys()
  if (unresolved) return rangeOfNode(unresolved)
  const merges: unknown[] = []
  visit(document, {Pair: (_, pair) => void (isMerge(pair) && merges.push(pair.key))})
  return rangeOfNode(merges[0])
}

/** Messages of the parser may quote names of any length. */
function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + (text.length > 200 ? `${text.slice(1, 200)}...` : text.slice(1))
}
