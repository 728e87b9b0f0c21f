/**
 * The second wall before nginx.conf: whatever a template puts out must be a plain number, address, path or word. The first
 * wall is the model, which holds parsed values only; nothing should ever be refused here.
 */

/** Letters, digits and what addresses, paths and names are made of: none of NGINX's `; { } $ " ' \ #`, no white space. */
const PLAIN = /^[\w.:/[\]+-]+$/

export class RefusedValue extends Error {
  constructor(readonly value: string) {
    super(`${JSON.stringify(value)} is neither a plain number, address, path nor word`)
  }
}

/** Marks text as part of a comment, where spaces and punctuation do no harm. */
class CommentText {
  constructor(readonly text: string) {}
}

/** The templates' `comment` filter: text for people, who need no more than printable ASCII, and never a line's end. */
export function comment(value: unknown): CommentText {
  return new CommentText(String(value).replaceAll(/[^\x20-\x7e]/gu, '?'))
}

/** What liquid calls for each output, after the filters. Throws RefusedValue. */
export function guardOutput(value: unknown): string {
  if (value instanceof CommentText) return value.text
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return String(value)
  if (typeof value === 'string' && PLAIN.test(value)) return value
  throw new RefusedValue(String(value))
}
