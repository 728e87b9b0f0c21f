/**
 * Parses as much of Go's text/template (https://pkg.go.dev/text/template) as the chart in deploy/helm uses: if, else if, else, range,
 * with, define, variables, pipelines, and the trimming of white space by `{{-` and `-}}`. Throws for everything else.
 */

export type Expression =
  | {readonly type: 'literal'; readonly value: string | number | boolean}
  | {readonly type: 'path'; readonly variable?: string; readonly fields: readonly string[]}
  /** `name` with its arguments, such as `default "a" .b`. */
  | {readonly type: 'call'; readonly name: string; readonly parameters: readonly Expression[]}
  /** Each stage gets the result of the stage before as its last argument. */
  | {readonly type: 'pipeline'; readonly stages: readonly Expression[]}

export type Branch = {readonly condition?: Expression; readonly body: readonly Node[]}
export type Node =
  | {readonly type: 'text'; readonly text: string}
  | {readonly type: 'output'; readonly value: Expression}
  | {readonly type: 'assign'; readonly name: string; readonly value: Expression}
  | {readonly type: 'if'; readonly branches: readonly Branch[]}
  | {readonly type: 'range' | 'with'; readonly value: Expression; readonly body: readonly Node[]}

export type Parsed = {
  readonly nodes: readonly Node[]
  readonly definitions: ReadonlyMap<string, readonly Node[]>
}

type Piece = {readonly text: string} | {readonly action: string}
const ACTION = /\{\{(-(?=\s))?\s*([^]*?)\s*((?<=\s)-)?\}\}/g

/** Text and actions in their order; comments are left out. */
function pieces(source: string): Piece[] {
  const found: Piece[] = []
  let end = 0
  let trims = false
  for (const match of source.matchAll(ACTION)) {
    const before = source.slice(end, match.index)
    const left = trims ? before.trimStart() : before
    found.push({text: match[1] === undefined ? left : left.trimEnd()})
    const action = match[2] ?? ''
    if (!action.startsWith('/*')) found.push({action})
    end = match.index + match[0].length
    trims = match[3] !== undefined
  }
  const rest = source.slice(end)
  return [...found, {text: trims ? rest.trimStart() : rest}]
}

export function parseTemplate(source: string): Parsed {
  const definitions = new Map<string, readonly Node[]>()
  const input = pieces(source)
  let at = 0

  /** Nodes up to `else` or `end`; returns the words after `else`, or undefined at the end. */
  function block(): {nodes: Node[]; otherwise?: string} {
    const nodes: Node[] = []
    while (at < input.length) {
      const piece = input[at++] as Piece
      if ('text' in piece) {
        if (piece.text !== '') nodes.push({type: 'text', text: piece.text})
        continue
      }
      const [keyword = '', rest = ''] = split(piece.action)
      if (keyword === 'end') return {nodes}
      if (keyword === 'else') return {nodes, otherwise: rest}
      if (keyword === 'define') definitions.set(JSON.parse(rest) as string, block().nodes)
      else nodes.push(statement(keyword, rest, piece.action))
    }
    return {nodes}
  }

  function statement(keyword: string, rest: string, action: string): Node {
    if (keyword === 'if') return {type: 'if', branches: branches(rest)}
    if (keyword === 'range' || keyword === 'with') {
      const {nodes: body, otherwise} = block()
      if (otherwise !== undefined) throw new Error(`else of ${keyword} is not implemented`)
      return {type: keyword, value: parseExpression(rest), body}
    }
    const [, name, value] = /^\$(\w+) :?= ([^]*)$/.exec(action) ?? []
    if (name !== undefined && value !== undefined)
      return {type: 'assign', name, value: parseExpression(value)}
    return {type: 'output', value: parseExpression(action)}
  }

  function branches(condition: string): Branch[] {
    const {nodes: body, otherwise} = block()
    const first: Branch = {condition: parseExpression(condition), body}
    if (otherwise === undefined) return [first]
    const [keyword, rest = ''] = split(otherwise)
    if (keyword === 'if') return [first, ...branches(rest)]
    return [first, {body: block().nodes}]
  }

  return {nodes: block().nodes, definitions}
}

function split(action: string): [string, string] {
  const [, word = '', rest = ''] = /^(\S*)\s*([^]*)$/.exec(action) ?? []
  return [word, rest]
}

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|-?\d+(?![\w.])|\$?(?:\.[\w.]*|\w+(?:\.\w+)*)|\$|[()|])/y

function tokens(text: string): string[] {
  const found: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const start = TOKEN.lastIndex
    const token = TOKEN.exec(text)?.[1]
    if (token === undefined) throw new Error(`cannot parse {{ ${text} }} at "${text.slice(start)}"`)
    found.push(token)
  }
  return found
}

function parseExpression(text: string): Expression {
  const input = tokens(text)
  let at = 0

  function pipeline(): Expression {
    const stages: Expression[] = [call()]
    while (input[at] === '|') {
      at += 1
      stages.push(call())
    }
    const [first] = stages
    return stages.length === 1 && first ? first : {type: 'pipeline', stages}
  }

  function call(): Expression {
    const operands: Expression[] = []
    while (at < input.length && input[at] !== '|' && input[at] !== ')') operands.push(operand())
    const [first, ...parameters] = operands
    if (first?.type === 'call') return {...first, parameters}
    if (first === undefined || parameters.length > 0) throw new Error(`cannot parse {{ ${text} }}`)
    return first
  }

  function operand(): Expression {
    const token = input[at++] ?? ''
    if (token === '(') {
      const inner = pipeline()
      if (input[at++] !== ')') throw new Error(`) is missing in {{ ${text} }}`)
      // A call in brackets has all of its arguments.
      return {type: 'pipeline', stages: [inner]}
    }
    if (token.startsWith('"')) return {type: 'literal', value: JSON.parse(token) as string}
    if (/^-?\d/.test(token)) return {type: 'literal', value: Number(token)}
    if (token === 'true' || token === 'false') return {type: 'literal', value: token === 'true'}
    const [, variable, path = ''] = /^(?:\$(\w*))?(\.?.*)$/.exec(token) ?? []
    const isPath = variable !== undefined || token.startsWith('.')
    if (!isPath) return {type: 'call', name: token, parameters: []}
    const fields = path.split('.').filter((field) => field !== '')
    return {type: 'path', ...(variable !== undefined && {variable}), fields}
  }

  return pipeline()
}
