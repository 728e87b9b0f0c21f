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

/** What stands between NGINX's double quotes as it is: no quote, backslash or variable, and nothing that ends a line. */
const QUOTABLE = /^[\x20-\x7e\u00a1-\uffff]+$/
const NOT_QUOTABLE = /["\\$]/

/** Marks text that a filter has made harmless for its place: a comment, or a pair of quotes. */
class SafeText {
  constructor(readonly text: string) {}
}

/** The templates' `comment` filter: text for people, who need no more than printable ASCII, and never a line's end. */
export function comment(value: unknown): SafeText {
  return new SafeText(String(value).replaceAll(/[^\x20-\x7e]/gu, '?'))
}

/** The templates' `quoted` filter: a path of this host, which may hold spaces. Throws RefusedValue. */
export function quoted(value: unknown): SafeText {
  const text = String(value)
  if (!QUOTABLE.test(text) || NOT_QUOTABLE.test(text)) throw new RefusedValue(text)
  return new SafeText(`"${text}"`)
}

/** What liquid calls for each output, after the filters. Throws RefusedValue. */
export function guardOutput(value: unknown): string {
  if (value instanceof SafeText) return value.text
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return String(value)
  if (typeof value === 'string' && PLAIN.test(value)) return value
  throw new RefusedValue(String(value))
}
