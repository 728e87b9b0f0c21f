/**
 * Splits a file into its documents before anything is parsed, so that a broken document does not affect the others, and a
 * document that did not change need not be parsed again.
 */
export type DocumentText = {
  readonly text: string
  /** Position of its first character in the file, from 1. */
  readonly line: number
  readonly column: number
}

/** A line that begins or ends a document. No other line may begin with these, not even in a block scalar (YAML 1.2, 9.1). */
const MARKER = /(?<![^\n])\uFEFF?(?:---|\.\.\.)(?=[ \t\r\n]|$)/g

/** Comments and directives, which belong to the next document. */
const PRELUDE = /^(?:[ \t]*(?:[#%].*)?\r?\n)*$/

/** Between consecutive JSON values, as jq prints them. */
const NEXT_JSON = /(?<=\}[ \t]*\r?\n)(?=\{)/

/** The documents of `text` with their markers, in order. A text with comments only is a document, too. */
export function splitDocuments(text: string): DocumentText[] {
  const starts = documentStarts(text)
  const pieces = starts.map((start, index) => text.slice(start, starts[index + 1]))
  return withPositions(pieces.flatMap((piece) => (/^\s*\{/.test(piece) ? piece.split(NEXT_JSON) : [piece])))
}

function documentStarts(text: string): number[] {
  const starts = [0]
  for (const {0: marker, index} of text.matchAll(MARKER)) {
    if (marker.endsWith('...')) starts.push(endOfLine(text, index))
    else if (!PRELUDE.test(text.slice(starts.at(-1), index))) starts.push(index)
  }
  return starts
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end + 1
}

/** Each piece except for the last ends with a line break. */
function withPositions(pieces: readonly string[]): DocumentText[] {
  let line = 1
  return pieces.map((text) => {
    const placed = {text, line, column: 1}
    line += text.split('\n').length - 1
    return placed
  })
}
