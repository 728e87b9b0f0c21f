/**
 * A baseline is the list of findings that a repository lives with: they are not reported again, new ones are. Lines are not part
 * of it, so that it survives edits elsewhere in a file.
 */
import {describeField, describeObject, type Diagnostic} from '../diagnostics/diagnostic.js'

export type BaselineEntry = {
  readonly code: string
  readonly file: string
  readonly object: string
  readonly field: string
  readonly message: string
  /** How many such findings there are. */
  readonly count: number
}

/** The name of a file in the baseline: the same from wherever lbex is started. */
export type NameOf = (file: string) => string

/** One entry for each kind of finding, sorted. */
export function baselineOf(diagnostics: readonly Diagnostic[], nameOf: NameOf): BaselineEntry[] {
  const entries = new Map<string, BaselineEntry>()
  for (const diagnostic of diagnostics) {
    const entry = entryOf(diagnostic, nameOf)
    const key = keyOf(entry)
    entries.set(key, {...entry, count: (entries.get(key)?.count ?? 0) + 1})
  }
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
}

export type Compared = {
  readonly fresh: readonly Diagnostic[]
  /** Findings that the baseline knows. */
  readonly known: number
  /** Findings of the baseline that are there no more, in files that were read. */
  readonly gone: number
}

export function compareWithBaseline(
  diagnostics: readonly Diagnostic[],
  baseline: readonly BaselineEntry[],
  {nameOf, read}: {readonly nameOf: NameOf; readonly read: ReadonlySet<string>},
): Compared {
  const left = new Map(baseline.map((entry) => [keyOf(entry), entry.count]))
  const fresh = diagnostics.filter((diagnostic) => {
    const key = keyOf(entryOf(diagnostic, nameOf))
    const count = left.get(key) ?? 0
    left.set(key, count - 1)
    return count <= 0
  })
  // A hook of pre-commit checks some files of a repository: of the others nothing is known.
  const looked = baseline.filter(({file}) => read.has(file))
  const gone = looked.reduce((sum, entry) => sum + Math.max(0, left.get(keyOf(entry)) ?? 0), 0)
  return {fresh, known: diagnostics.length - fresh.length, gone}
}

function entryOf(
  {code, object, field = [], message, location, origin}: Diagnostic,
  nameOf: NameOf,
): BaselineEntry {
  const file = nameOf(location?.file ?? origin?.file ?? '')
  return {code, file, object: describeObject(object), field: describeField(field), message, count: 1}
}

function keyOf({file, object, code, field, message}: BaselineEntry): string {
  return JSON.stringify([file, object, code, field, message])
}
