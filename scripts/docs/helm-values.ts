/** Writes the values of the chart in deploy/helm/lbex, with their comments in values.yaml, into its README.md. */
import {parse} from 'yaml'
import {table} from './table.js'

const MARKER = /(<!-- values -->\n)[^]*?(<!-- end of values -->)/

export type ValueOfChart = {readonly path: string; readonly description: string}

/** Each key below a comment that begins with `# --`, from top to bottom. */
export function describedValues(text: string): ValueOfChart[] {
  const found: ValueOfChart[] = []
  const parents: {readonly width: number; readonly name: string}[] = []
  let description: string | undefined
  for (const line of text.split('\n')) {
    description = /^ *# -- (.*)$/.exec(line)?.[1] ?? description
    const [, indent = '', name] = /^( *)([\w-]+):/.exec(line) ?? []
    if (name === undefined) continue
    while ((parents.at(-1)?.width ?? -1) >= indent.length) parents.pop()
    parents.push({width: indent.length, name})
    if (description === undefined) continue
    found.push({path: parents.map((each) => each.name).join('.'), description})
    description = undefined
  }
  return found
}

/** The page with the table of `values`, the text of values.yaml. */
export function withValues(page: string, values: string): string {
  if (!MARKER.test(page)) throw new Error('the README of the chart has no <!-- values -->')
  const defaults = parse(values) as object
  const rows = describedValues(values).map(({path, description}) => [
    `\`${path}\``,
    `\`${JSON.stringify(valueAt(defaults, path))}\``,
    description.replaceAll('|', '\\|'),
  ])
  return page.replace(MARKER, (_, before: string, after: string) =>
    [before, table(['value', 'default', 'description'], rows), after].join('\n'),
  )
}

function valueAt(values: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], values)
}
