/** Mutated manifests through lbex check: it never throws, never takes long, and every finding has a place inside its file. */
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {applyIgnores} from '../../src/lint/apply-ignores.js'
import {annotatedIgnores} from '../../src/lint/annotated-ignores.js'
import {findProblems} from '../../src/lint/find-problems.js'
import type {Diagnostic, Location} from '../../src/diagnostics/diagnostic.js'
import {applyEdits} from '../../src/sources/manifests/apply-edits.js'
import {readManifests} from '../../src/sources/manifests/read-manifests.js'
import {options} from './builders.js'
import {mutations} from './mutations.js'

export type FuzzResult = {
  readonly texts: number
  readonly findings: number
  readonly edits: number
  /** Milliseconds of the slowest one. */
  readonly slowest: number
  /** What must not be, with the text it was for. */
  readonly problems: readonly string[]
}

/** Checks `count` mutations of the golden manifests; the same for the same seed. */
export async function fuzzCheck(count: number, seed: number): Promise<FuzzResult> {
  const result = {texts: 0, findings: 0, edits: 0, slowest: 0, problems: [] as string[]}
  for (const text of mutations(goldenTexts(), count, seed)) {
    const start = performance.now()
    const judged = await judge(text).catch((error: unknown) => String((error as Error).stack))
    const took = performance.now() - start
    result.texts += 1
    result.slowest = Math.max(result.slowest, took)
    if (took > 1000) result.problems.push(`took ${took} ms: ${JSON.stringify(text)}`)
    if (typeof judged === 'string') {
      result.problems.push(`threw ${judged}: ${JSON.stringify(text)}`)
      continue
    }
    result.findings += judged.diagnostics.length
    result.edits += judged.edits
    result.problems.push(...judged.problems.map((problem) => `${problem}: ${JSON.stringify(text)}`))
  }
  return result
}

async function judge(text: string) {
  const reading = await readManifests(['-'], {stdin: () => text})
  const {snapshot, locate, ignores, editFor} = reading
  const located = locate([...reading.diagnostics, ...findProblems(snapshot, options())])
  const {kept, unused} = applyIgnores(
    located,
    [...ignores, ...annotatedIgnores(snapshot.services)],
    () => false,
  )
  const diagnostics = [...kept, ...locate(unused)]
  const edits = diagnostics.flatMap((diagnostic) => editFor(diagnostic) ?? [])
  applyEdits(text, edits)
  const lines = linesAsReaderSees(reading.files.get('<stdin>')?.text ?? '')
  return {diagnostics, edits: edits.length, problems: diagnostics.flatMap((one) => misplaced(one, lines))}
}

function linesAsReaderSees(text: string): readonly string[] {
  return text.split('\n')
}

function misplaced({code, location, related = []}: Diagnostic, lines: readonly string[]): string[] {
  const places = [location, ...related.map((other) => other.location)]
  return places.flatMap((place) => {
    if (!place) return [`${code} has no place`]
    return isInside(place, lines) ? [] : [`${code} stands outside, at ${JSON.stringify(place)}`]
  })
}

function isInside({line, column, endLine, endColumn}: Location, lines: readonly string[]): boolean {
  const [first, last] = [lines[line - 1], lines[endLine - 1]]
  if (first === undefined || last === undefined) return false
  const ordered = line < endLine || (line === endLine && column <= endColumn)
  return (
    ordered && column >= 1 && column <= first.length + 1 && endColumn >= 1 && endColumn <= last.length + 1
  )
}

function goldenTexts(): string[] {
  const folder = fileURLToPath(new URL('../golden/', import.meta.url))
  return readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter((name) => /\.(ya?ml|json)$/.test(name) && !name.includes('huge'))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
}
