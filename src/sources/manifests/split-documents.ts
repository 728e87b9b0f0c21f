/**
 * Cuts a file into its documents by their markers, before anything is parsed: a broken document then costs nothing but
 * itself, and one that did not change need not be parsed again.
 */
export type DocumentText = {
  readonly text: string
  /** Where its first character stands in the file, from 1. */
  readonly line: number
  readonly column: number
}

/** A line that begins or ends a document: nothing else may begin with these, not even a line of a block scalar (YAML 1.2, 9.1). */
const MARKER = /(?<![^\n])\uFEFF?(?:---|\.\.\.)(?=[ \t\r\n]|$)/g

/** Nothing but comments and directives, which belong to the document that follows. */
const PRELUDE = /^(?:[ \t]*(?:[#%].*)?\r?\n)*$/

/** JSON values one after the other, as jq prints them. */
const NEXT_JSON = /(?<=\}[ \t]*\r?\n)(?=\{)/

/** The documents of `text`, markers included, in their order; text of comments only is a document too. */
export function splitDocuments(text: string): DocumentText[] {
  const starts = documentStarts(text)
  const pieces = starts.map((start, index) => text.slice(start, starts[index + 1]))
  return place(pieces.flatMap((piece) => (/^\s*\{/.test(piece) ? piece.split(NEXT_JSON) : [piece])))
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

/** Every piece ends with a line break, but for the last. */
function place(pieces: readonly string[]): DocumentText[] {
  let line = 1
  return pieces.map((text) => {
    const placed = {text, line, column: 1}
    line += text.split('\n').length - 1
    return placed
  })
}
