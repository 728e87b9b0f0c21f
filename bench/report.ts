/** Writes results as two files of one name, Markdown to read and JSON for programs. */
import {mkdir, writeFile} from 'node:fs/promises'
import {fileURLToPath} from 'node:url'
import type {Environment} from './environment.js'

/** One value of a table; an object is shown as its values. */
type Cell = string | number | boolean | undefined | null | readonly unknown[] | object

export type PartResult = {
  /** What the rows are, in one sentence. */
  readonly title: string
  readonly rows: readonly object[]
  /** What should not have happened, in words. */
  readonly violations?: readonly string[]
  /** Why the part could not run here. */
  readonly notRun?: string
}

export type Report = {
  /** Ends the names of the files: `bench`, say. */
  readonly name: string
  /** The command line that made the results. */
  readonly command: string
  readonly started: Date
  /** How long it took. */
  readonly seconds: number
  /** What a reader must know, such as other programs that ran. */
  readonly notes: readonly string[]
  readonly environment: Environment
  readonly parts: Readonly<Record<string, PartResult>>
}

const RESULTS = fileURLToPath(new URL('results/', import.meta.url))

/** Returns the paths of both files. */
export async function writeReport(report: Report, folder = RESULTS): Promise<readonly string[]> {
  await mkdir(folder, {recursive: true})
  const path = `${folder.replace(/\/?$/, '/')}${fileName(report)}`
  const json = `${JSON.stringify({...report, violations: violationsOf(report).length}, undefined, 2)}\n`
  await writeFile(`${path}.json`, json)
  await writeFile(`${path}.md`, markdown(report))
  return [`${path}.md`, `${path}.json`]
}

/** Without an ending. Colons are not allowed in file names on every system. */
export function fileName({started, name}: Pick<Report, 'started' | 'name'>): string {
  return `${started.toISOString().slice(0, 19).replaceAll(':', '-')}Z-${name}`
}

export function violationsOf({parts}: Pick<Report, 'parts'>): readonly string[] {
  return Object.entries(parts).flatMap(([name, {violations = []}]) =>
    violations.map((violation) => `${name}: ${violation}`),
  )
}

export function markdown(report: Report): string {
  const {command, started, seconds, notes, parts} = report
  const violations = violationsOf(report).length
  const isJudged = Object.values(parts).some((part) => part.violations)
  return [
    `# ${command}`,
    '',
    `${started.toISOString().slice(0, 16).replace('T', ' ')} UTC, ${minutes(seconds)}.` +
      (isJudged ? ` **Violations: ${violations}.**` : ''),
    ...notes.flatMap((note) => ['', note]),
    '',
    tableOf(machineRows(report.environment)),
    ...Object.entries(parts).flatMap(([name, part]) => ['', partMarkdown(name, part)]),
    '',
  ].join('\n')
}

/** One part, as it stands in the Markdown. */
export function partMarkdown(name: string, {title, rows, violations = [], notRun}: PartResult): string {
  return [
    `## ${name}`,
    '',
    title,
    ...(notRun === undefined ? [] : ['', `Not run: ${notRun}`]),
    ...(rows.length === 0 ? [] : ['', tableOf(rows)]),
    ...violations.flatMap((violation) => ['', 'Violation:', '', ...violation.split('\n').map(asCode)]),
  ].join('\n')
}

function asCode(line: string): string {
  return `    ${line}`.trimEnd()
}

function minutes(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} seconds` : `${Math.round(seconds / 60)} minutes`
}

function machineRows(found: Environment): object[] {
  const entries = {
    CPU: `${found.cpu}, ${found.cores} cores`,
    memory: `${found.memory} GiB`,
    'load of the machine': found.load.join(' at the start, ') + (found.load.length > 1 ? ' at the end' : ''),
    kernel: found.kernel,
    lbex: found.lbex,
    NGINX: found.nginx.join('; '),
    Node: found.node,
  }
  return Object.entries(entries).map(([machine, value]) => ({machine, ' ': value}))
}

/** A column for each key that a row has. */
function tableOf(rows: readonly object[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const lines = rows.map((row) => {
    const cells = row as Readonly<Record<string, Cell>>
    return columns.map((column) => textOf(cells[column]))
  })
  const isNumeric = columns.map((_, index) => lines.every((cells) => /^[\d.,]*$/.test(cells[index] ?? '')))
  const rule = isNumeric.map((numeric) => (numeric ? '---:' : '---'))
  return [columns, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function textOf(value: Cell): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'object') return Object.values(value).map(String).join(' / ')
  const text = typeof value === 'number' ? value.toLocaleString('en-US') : String(value)
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
