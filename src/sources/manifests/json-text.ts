/**
 * Walks over valid JSON text by index. A regular expression would overflow the stack on a string of some megabytes.
 */

/** The index behind the string that begins at `start`. */
export function endOfString(text: string, start: number): number {
  let end = start
  do {
    end = text.indexOf('"', end + 1)
    if (end < 0) return text.length
  } while (isEscaped(text, end))
  return end + 1
}

function isEscaped(text: string, at: number): boolean {
  let first = at
  while (text[first - 1] === '\\') first -= 1
  return (at - first) % 2 === 1
}

/** Number of keys in all objects: a key is a string before a colon. */
export function countKeys(text: string): number {
  let count = 0
  for (let start = text.indexOf('"'); start >= 0;) {
    let next = endOfString(text, start)
    while (BLANKS.has(text[next] ?? '')) next += 1
    if (text[next] === ':') count += 1
    start = text.indexOf('"', next)
  }
  return count
}

const BLANKS = new Set([' ', '\t', '\r', '\n'])
