/**
 * The second layer of defence against injection into nginx.conf: each output of a template must be a plain number, address,
 * path or word. The first layer is the model, which has parsed values only, so this one should never reject a value.
 */

/** Letters, digits and the punctuation of addresses, paths and names: none of NGINX's `; { } $ " ' \ #`, no white space. */
const PLAIN = /^[\w.:/[\]+-]+$/

export class RefusedValue extends Error {
  constructor(readonly value: string) {
    super(`${JSON.stringify(value)} is neither a plain number, address, path nor word`)
  }
}

/** What NGINX takes literally in double quotes: no quote, backslash or variable, and no line break. */
const QUOTABLE = /^[\x20-\x7e\u00a1-\uffff]+$/
const NOT_QUOTABLE = /["\\$]/

/** Marks text that a filter made safe for its position: a comment, or a pair of quotes. */
class SafeText {
  constructor(readonly text: string) {}
}

/** NGINX reads its files in buffers of 4 KiB, which also a comment must fit into. */
const LONGEST_COMMENT = 1000

/** The templates' `comment` filter: replaces all but printable ASCII, and so line breaks, and shortens what is too long for NGINX. */
export function comment(value: unknown): SafeText {
  return new SafeText(
    String(value)
      .slice(0, LONGEST_COMMENT)
      .replaceAll(/[^\x20-\x7e]/gu, '?'),
  )
}

/** The templates' `quoted` filter: a path of this host, which may hold spaces. Throws RefusedValue. */
export function quoted(value: unknown): SafeText {
  const text = String(value)
  if (!QUOTABLE.test(text) || NOT_QUOTABLE.test(text)) throw new RefusedValue(text)
  return new SafeText(`"${text}"`)
}

/** liquid calls it for each output, after the filters. Throws RefusedValue. */
export function guardOutput(value: unknown): string {
  if (value instanceof SafeText) return value.text
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return String(value)
  if (typeof value === 'string' && PLAIN.test(value)) return value
  throw new RefusedValue(String(value))
}
