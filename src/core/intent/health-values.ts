/** Parsers of the text values of health checks. Each returns undefined for a value that is not valid. */
import type {Expectation, StatusRange} from './health-check.js'

/** The most characters of a text; probes send and search it all the time. */
const LONGEST = 256

/** A path with an optional query, as it is sent (RFC 9112, section 3.2.1): no spaces, control characters or fragment. */
export function parseCheckPath(text: string): string | undefined {
  return text.length <= LONGEST && /^\/[!-"$-~]*$/.test(text) ? text : undefined
}

/** A Host header: a name or an address, with an optional port. */
export function parseCheckHost(text: string): string | undefined {
  return text.length <= LONGEST && /^(?:[\w.-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/.test(text)
    ? text
    : undefined
}

/** `200`, `2xx`, or several of them separated by commas; any other text is expected in the response. */
export function parseExpectation(text: string): Expectation | undefined {
  if (text.length > LONGEST) return undefined
  const parts = text.split(',').map((part) => part.trim())
  if (parts.every((part) => /^[1-5](?:\d\d|xx)$/.test(part)))
    return {type: 'status', statuses: parts.map(parseStatus)}
  const bytes = parseBytes(text)
  return bytes === undefined ? undefined : {type: 'text', text: bytes}
}

function parseStatus(text: string): StatusRange {
  const [from, to] = [text.replace('xx', '00'), text.replace('xx', '99')].map(Number)
  return {from: from ?? 0, to: to ?? 0}
}

const ESCAPES: Readonly<Record<string, string>> = {r: '\r', n: '\n', t: '\t', '\\': '\\', '0': '\0'}

/**
 * The bytes of a text, as characters below 256. `\r`, `\n`, `\t`, `\0`, `\\` and `\xHH` are escapes; characters beyond ASCII
 * become their UTF-8 bytes. Neither an empty text nor another escape is valid.
 */
export function parseBytes(text: string): string | undefined {
  if (text === '' || text.length > LONGEST) return undefined
  if (!/^(?:[^\\]|\\(?:[rnt0\\]|x[\da-fA-F]{2}))+$/.test(text)) return undefined
  return text.replaceAll(
    /\\(?:x([\da-fA-F]{2})|(.))|[^\0-\x7F]+/gu,
    (part, hex?: string, letter?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
      return letter === undefined ? utf8(part) : (ESCAPES[letter] ?? '')
    },
  )
}

function utf8(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text))
}
