/** Applies edits to a text; every other byte stays. */
import type {Location, TextEdit} from '../../diagnostics/diagnostic.js'

/** Of overlapping edits, only the first is applied. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const starts = lineStarts(text)
  const sorted = edits
    .map(({location, text: replacement}) => ({...rangeOf(location, starts), replacement}))
    .sort((a, b) => a.from - b.from)
  let result = ''
  let done = 0
  for (const {from, to, replacement} of sorted) {
    if (from < done) continue
    result += text.slice(done, from) + replacement
    done = to
  }
  return result + text.slice(done)
}

function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({index}) => index + 1)]
}

function rangeOf({line, column, endLine, endColumn}: Location, starts: readonly number[]) {
  return {
    from: (starts[line - 1] ?? 0) + column - 1,
    to: (starts[endLine - 1] ?? 0) + endColumn - 1,
  }
}
