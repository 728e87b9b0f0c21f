/** Text to a YAML document that keeps its positions, and to the plain value that it stands for. JSON is YAML too. */
import {
  Composer,
  Lexer,
  Parser,
  visit,
  type Alias,
  type CST,
  type Document,
  type ParsedNode,
  type YAMLParseError,
} from 'yaml'
import {isMerge, rangeOfNode, type TextRange} from './yaml-nodes.js'
import {KUBERNETES_SCHEMA} from './yaml-schema.js'

export type YamlDocument = {
  readonly text: string
  readonly document: Document.Parsed<ParsedNode>
}

/** What keeps a text from being read, in words. */
export type Problem = {readonly problem: string; readonly range: TextRange}

/** Deeper nesting is no manifest, and would overflow the stack of everything that walks it. */
const DEEPEST = 256

/** So many uses of anchors are allowed, counted as `yaml` does: enough for a long List, too few for an exponential one. */
const MOST_ALIASES = 10_000

/** Parses the first document in `text`. Never throws: trouble is kept for `syntaxProblem`. */
export function parseYaml(text: string): YamlDocument {
  const composer = new Composer({
    schema: KUBERNETES_SCHEMA,
    stringKeys: true,
    prettyErrors: false,
    logLevel: 'error',
  })
  const [document] = composer.compose(tokensOf(text), true, text.length)
  return {text, document: document as Document.Parsed<ParsedNode>}
}

/** The parser's tokens, up to a nesting that no manifest has: the composer is recursive. */
function* tokensOf(text: string): Generator<CST.Token, void> {
  const parser = new Parser()
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme)
    if (parser.stack.length > DEEPEST) {
      yield {type: 'error', offset: parser.offset, source: '', message: 'It is nested too deeply'}
      return
    }
  }
  yield* parser.end()
}

/** The first thing that is wrong with the text (the rest is most often its consequence), duplicate keys left aside. */
export function syntaxProblem({text, document}: YamlDocument): Problem | undefined {
  const error = document.errors.find(({code}) => code !== 'DUPLICATE_KEY')
  if (!error) return undefined
  // An error at the end of the text points behind it, often to a line that is not there.
  const end = text.trimEnd().length
  return {problem: describe(error), range: [Math.min(error.pos[0], end), Math.min(error.pos[1], end)]}
}

function describe({code, message}: YAMLParseError): string {
  return code === 'NON_STRING_KEY' ? 'a key must be a string' : lowerFirst(message)
}

/** The plain value, aliases and merge keys resolved; a problem where they cannot be. Mappings are plain objects. */
export function readValue({document}: YamlDocument): {readonly value: unknown} | Problem {
  try {
    return {value: document.toJS({maxAliasCount: MOST_ALIASES})}
  } catch (error) {
    // Whatever goes wrong here is in the text: no such anchor, too many aliases, a merge of no mapping or of itself.
    const problem = error instanceof RangeError ? 'a mapping is merged into itself' : (error as Error).message
    return {problem: lowerFirst(problem), range: suspect(document)}
  }
}

/** The alias without anchor; where each has one, the first alias; where there is none, the first merge key. */
function suspect(document: Document.Parsed<ParsedNode>): TextRange {
  const aliases: Alias[] = []
  const merges: unknown[] = []
  visit(document, {
    Alias: (_, alias) => void aliases.push(alias),
    Pair: (_, pair) => void (isMerge(pair) && merges.push(pair.key)),
  })
  return rangeOfNode(aliases.find((alias) => !alias.resolve(document)) ?? aliases[0] ?? merges[0])
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
