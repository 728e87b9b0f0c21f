/** The source line of a finding, with carets under its range. */
import type {Location} from '../../diagnostics/diagnostic.js'
import {withoutHidden} from '../../diagnostics/escape.js'

/** Only a part of longer lines is shown: a JSON file may be one line. */
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

/** One column per character, and no control characters. */
function visible(text: string): string {
  return withoutHidden(text.replaceAll('\t', ' '))
}
