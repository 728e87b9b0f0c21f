/**
 * Splits a List in JSON into its members as separate documents: `kubectl get -o json` prints a whole cluster as one List, of
 * which few members change between two readings, and few have findings.
 */
import {endOfString} from './json-text.js'
import {listDefaults, type MemberDefaults} from './kinds.js'
import {parseJson} from './parse-json.js'
import type {DocumentText} from './split-documents.js'
import type {TextRange} from './yaml-nodes.js'

export type MemberText = DocumentText & {
  /** For a member of a List: the fields that it inherits from the List. */
  readonly defaults?: MemberDefaults
}

/** The members of a List in JSON; the document itself if it is not such a List, or cannot be split. */
export function splitList(document: DocumentText): MemberText[] {
  const list = parseJson(document.text)?.value
  const defaults = listDefaults(list)
  if (!defaults) return [document]
  const {items} = list as {items?: unknown}
  const ranges = memberRanges(document.text)
  if (!Array.isArray(items) || items.length !== ranges.length) return [document]
  return placeMembers(document, ranges).map((member) => ({...member, defaults}))
}

/** The ranges of the objects in the top-level "items". The text is a valid JSON object. */
function memberRanges(text: string): TextRange[] {
  const ranges: TextRange[] = []
  let depth = 0
  let start = 0
  let lastString = ''
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]
    if (character === '"') {
      const end = endOfString(text, index)
      // Before a bracket it can only be the key.
      if (depth === 1) lastString = text.slice(index, end)
      index = end - 1
    } else if (character === '{' || character === '[') {
      if (depth === 2) start = index
      depth += 1
    } else if (character === '}' || character === ']') {
      depth -= 1
      if (depth === 2 && lastString === '"items"') ranges.push([start, index + 1])
    }
  }
  return ranges
}

function placeMembers({text, line, column}: DocumentText, ranges: readonly TextRange[]): DocumentText[] {
  let from = 0
  let place = {line, column}
  return ranges.map(([start, end]) => {
    place = advance(place, text.slice(from, start))
    from = start
    return {text: text.slice(start, end), ...place}
  })
}

function advance(
  {line, column}: {line: number; column: number},
  text: string,
): {line: number; column: number} {
  const breaks = text.split('\n')
  const last = breaks.at(-1) ?? ''
  return breaks.length === 1
    ? {line, column: column + last.length}
    : {line: line + breaks.length - 1, column: last.length + 1}
}
