/** What the tests of this folder share: fields and readings from text, temp folders, and conditions with a deadline. */
import {mkdir, mkdtemp, realpath, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {describeField, type Diagnostic, type Location} from '../../../../src/diagnostics/diagnostic.js'
import {reporter} from '../../../../src/diagnostics/reporter.js'
import {Field} from '../../../../src/sources/manifests/fields.js'
import {createManifestSource} from '../../../../src/sources/manifests/manifest-source.js'
import {parseYaml, readValue} from '../../../../src/sources/manifests/parse-yaml.js'
import {Positions} from '../../../../src/sources/manifests/positions.js'
import type {SnapshotReading} from '../../../../src/sources/snapshot-source.js'

/** The root field of an object written in YAML, and what is found to be wrong with it, as `code field: message`. */
export function fieldOf(text: string): {field: Field; found: () => string[]} {
  const yaml = parseYaml(text)
  const result = readValue(yaml)
  if (!('value' in result)) throw new Error(result.problem)
  const positions = new Positions(yaml)
  const diagnostics: Diagnostic[] = []
  const field = new Field(result.value, [], {
    report: reporter({ref: {kind: 'Test', name: 'test'}}, diagnostics),
    sourceOf: (path) => positions.sourceOf(path),
  })
  return {field, found: () => diagnostics.map(sentence)}
}

function sentence({code, field, message}: Diagnostic): string {
  return `${code} ${describeField(field ?? [])}: ${message}`
}

/** Milliseconds for a test that has much to read, on a machine that is busy. */
export const longTimeout = 120_000

export const signal = new AbortController().signal

/** Reads one text through the whole source; findings come with their locations. */
export async function readText(
  text: string,
  coverage: 'complete' | 'partial' = 'complete',
): Promise<SnapshotReading & {located: Diagnostic[]}> {
  const reading = await createManifestSource({paths: ['-'], stdin: () => text, coverage}).read(signal)
  return {...reading, located: reading.locate(reading.diagnostics)}
}

/** `line:column-endLine:endColumn` */
export function range(location: Location | undefined): string {
  if (!location) return 'nowhere'
  return `${location.line}:${location.column}-${location.endLine}:${location.endColumn}`
}

/** The text that a location covers; lines and columns count as the reader of a file counts them. */
export function covered(text: string, {line, column, endLine, endColumn}: Location): string {
  const lines = text.replace(/^\uFEFF/, '').split('\n')
  if (line === endLine) return (lines[line - 1] ?? '').slice(column - 1, endColumn - 1)
  const first = (lines[line - 1] ?? '').slice(column - 1)
  const last = (lines[endLine - 1] ?? '').slice(0, endColumn - 1)
  return [first, ...lines.slice(line, endLine - 1), last].join('\n')
}

/** A folder with these files, removed after `use`. */
export async function withFolder<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'manifests-')))
  try {
    for (const [name, content] of Object.entries(files)) await write(join(folder, name), content)
    return await use(folder)
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

export async function write(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), {recursive: true})
  await writeFile(path, content)
}

/** Resolves once the condition holds; rejects after the deadline. */
export async function until(condition: () => boolean, what: string, milliseconds = 8000): Promise<void> {
  const deadline = performance.now() + milliseconds
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`still not: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: ntp
spec:
  ports:
    - port: 123
`
