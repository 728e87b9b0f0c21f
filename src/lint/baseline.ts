/**
 * A baseline is a list of accepted findings: only new findings are reported. It has no line numbers, so that edits elsewhere in a
 * file do not invalidate it.
 */
import {describeField, describeObject, type Diagnostic} from '../diagnostics/diagnostic.js'

export type BaselineEntry = {
  readonly code: string
  readonly file: string
  readonly object: string
  readonly field: string
  readonly message: string
  /** Number of such findings. */
  readonly count: number
}

/** The name of a file in the baseline: it does not depend on the working directory. */
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
  /** Number of findings that are in the baseline. */
  readonly known: number
  /** Number of findings of the baseline that no longer exist, in files that were read. */
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
  // A pre-commit hook checks only some files: nothing is known about findings in the others.
  const checked = baseline.filter(({file}) => read.has(file))
  const gone = checked.reduce((sum, entry) => sum + Math.max(0, left.get(keyOf(entry)) ?? 0), 0)
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
