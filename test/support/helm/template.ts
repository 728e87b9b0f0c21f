/** Renders what template-parser.ts parses, with the functions of Helm (https://helm.sh/docs/chart_template_guide) that the chart uses. */
import {stringify} from 'yaml'
import {parseTemplate, type Expression, type Node} from './template-parser.js'

type Values = {readonly [name: string]: unknown}
type Scope = {readonly dot: unknown; readonly variables: Map<string, unknown>}
type Fn = (...parameters: never[]) => unknown

/** As in Go: false, 0, nil, and what is empty. */
function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return Boolean(value)
}

function show(value: unknown): string {
  if (value === undefined || value === null) return ''
  // Helm reads numbers of values.yaml as float64, which Go prints as 1e+06.
  if (typeof value === 'number' && Math.abs(value) >= 1e6) throw new Error(`use int for ${value}`)
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value)
  throw new Error(`a value is printed without toYaml: ${JSON.stringify(value)}`)
}

/** `v1.26.3` as a number that grows with each minor version. */
function minorVersion(version: string): number {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return major * 1000 + minor
}

const FUNCTIONS: Readonly<Record<string, Fn>> = {
  add: (...all: number[]) => all.reduce((sum, each) => sum + each, 0),
  and: (...all: unknown[]) => all.find((each) => !isTrue(each)) ?? all.at(-1),
  append: (all: unknown[], one: unknown) => [...all, one],
  contains: (part: string, text: string) => text.includes(part),
  default: (other: unknown, value?: unknown) => (isTrue(value) ? value : other),
  dict: (...pairs: unknown[]) =>
    Object.fromEntries(pairs.flatMap((key, index) => (index % 2 === 0 ? [[key, pairs[index + 1]]] : []))),
  empty: (value: unknown) => !isTrue(value),
  eq: (a: unknown, b: unknown) => a === b,
  fail: (message: string) => {
    throw new Error(message)
  },
  has: (one: unknown, all: unknown[]) => all.includes(one),
  hasPrefix: (start: string, text: string) => text.startsWith(start),
  // A whole number is printed with all of its digits.
  int: (value: number) => (Math.abs(value) >= 1e6 ? String(Math.trunc(value)) : Math.trunc(value)),
  list: (...all: unknown[]) => all,
  ne: (a: unknown, b: unknown) => a !== b,
  nindent: (width: number, text: string) => `\n${text.replaceAll(/^/gm, ' '.repeat(width))}`,
  not: (value: unknown) => !isTrue(value),
  or: (...all: unknown[]) => all.find(isTrue) ?? all.at(-1),
  printf: (format: string, ...all: unknown[]) => format.replaceAll('%s', () => show(all.shift())),
  quote: (value: unknown) => JSON.stringify(show(value)),
  replace: (from: string, to: string, text: string) => text.replaceAll(from, to),
  required: (message: string, value: unknown) => {
    if (value === undefined || value === null || value === '') throw new Error(message)
    return value
  },
  semverCompare: (constraint: string, version: string) => {
    const [, minimum] = /^>=(\d+\.\d+)\.0-0$/.exec(constraint) ?? []
    if (minimum === undefined) throw new Error(`semverCompare of ${constraint} is not implemented`)
    return minorVersion(version) >= minorVersion(minimum)
  },
  ternary: (yes: unknown, no: unknown, condition: boolean) => (condition ? yes : no),
  toYaml: (value: unknown) => stringify(value, {sortMapEntries: true}).trimEnd(),
  trimSuffix: (end: string, text: string) => (text.endsWith(end) ? text.slice(0, -end.length) : text),
  trunc: (length: number, text: string) => text.slice(0, length),
}

export class TemplateRenderer {
  private readonly definitions = new Map<string, readonly Node[]>()
  private readonly files = new Map<string, readonly Node[]>()

  constructor(sources: ReadonlyMap<string, string>) {
    for (const [name, source] of sources) {
      const {nodes, definitions} = parseTemplate(source)
      this.files.set(name, nodes)
      for (const [defined, body] of definitions) this.definitions.set(defined, body)
    }
  }

  /** The text of each file whose name does not begin with `_`. */
  render(data: Values): Map<string, string> {
    const rendered = [...this.files].filter(([name]) => !name.startsWith('_'))
    return new Map(rendered.map(([name, nodes]) => [name, this.run(nodes, data)]))
  }

  private run(nodes: readonly Node[], dot: unknown): string {
    return this.all(nodes, {dot, variables: new Map([['', dot]])})
  }

  private all(nodes: readonly Node[], scope: Scope): string {
    return nodes.map((node) => this.one(node, scope)).join('')
  }

  private one(node: Node, scope: Scope): string {
    switch (node.type) {
      case 'text':
        return node.text
      case 'output':
        return show(this.value(node.value, scope))
      case 'assign':
        scope.variables.set(node.name, this.value(node.value, scope))
        return ''
      case 'if': {
        const taken = node.branches.find(
          ({condition}) => condition === undefined || isTrue(this.value(condition, scope)),
        )
        return taken === undefined ? '' : this.all(taken.body, scope)
      }
      default:
        return this.withEach(node, scope)
    }
  }

  private withEach(node: Node & {type: 'range' | 'with'}, scope: Scope): string {
    const value = this.value(node.value, scope)
    if (!isTrue(value)) return ''
    const dots = node.type === 'with' ? [value] : (value as readonly unknown[])
    return dots.map((dot) => this.all(node.body, {...scope, dot})).join('')
  }

  private value(expression: Expression, scope: Scope, last: readonly unknown[] = []): unknown {
    switch (expression.type) {
      case 'literal':
        return expression.value
      case 'path': {
        const {variable, fields} = expression
        if (variable !== undefined && !scope.variables.has(variable))
          throw new Error(`$${variable} is not set`)
        const start = variable === undefined ? scope.dot : scope.variables.get(variable)
        return fields.reduce<unknown>((object, field) => fieldOf(object, field), start)
      }
      case 'call': {
        const parameters = expression.parameters.map((each) => this.value(each, scope))
        return this.call(expression.name, [...parameters, ...last])
      }
      case 'pipeline':
        return expression.stages.reduce<unknown[]>(
          (before, stage) => [this.value(stage, scope, before)],
          [],
        )[0]
    }
  }

  private call(name: string, parameters: readonly unknown[]): unknown {
    if (name === 'include') {
      const body = this.definitions.get(parameters[0] as string)
      if (!body) throw new Error(`no template ${String(parameters[0])} is defined`)
      return this.run(body, parameters[1])
    }
    const run = FUNCTIONS[name]
    if (!run) throw new Error(`the function ${name} is not implemented`)
    return run(...(parameters as never[]))
  }
}

/** A field that no value has is an error here, although not in Helm: the chart uses only what values.yaml has. */
function fieldOf(object: unknown, field: string): unknown {
  if (typeof object !== 'object' || object === null) throw new Error(`.${field} of what is not an object`)
  return (object as Values)[field]
}
