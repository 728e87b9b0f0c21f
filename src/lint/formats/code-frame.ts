/** The line that a finding is about, with a caret under it. */
import type {Location} from '../../diagnostics/diagnostic.js'
import {withoutHidden} from '../../diagnostics/escape.js'

/** Longer lines are shown in part: a JSON file may be one line. */
const WIDTH = 100

export function codeFrame(location: Location, line: string | undefined): string[] {
  if (line === undefined) return []
  const from = location.column - 1
  const to = location.endLine === location.line ? location.endColumn - 1 : line.length
  const start = from < WIDTH - 20 ? 0 : from - 20
  const shown = visible(line.slice(start, start + WIDTH))
  const carets = Math.max(1, Math.min(to, start + WIDTH) - from)
  const number = String(location.line).padStart(6)
  return [
    `${number} | ${start > 0 ? '...' : ''}${shown}${line.length > start + WIDTH ? '...' : ''}`.trimEnd(),
    `${' '.repeat(6)} | ${' '.repeat(from - start + (start > 0 ? 3 : 0))}${'^'.repeat(carets)}`,
  ]
}

/** One column for each character, and nothing that a terminal obeys. */
function visible(text: string): string {
  return withoutHidden(text.replaceAll('\t', ' '))
}
