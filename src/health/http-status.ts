/** Reads the status of an HTTP response, which may arrive in many parts (RFC 9112, section 4). */

/** Bytes and parts that are read: a server may send each byte by itself. */
const MOST_BYTES = 16_384
const MOST_PARTS = 1000

const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})(?: [^\r\n]*)?\r?$/

/** `invalid` if the response is not HTTP, undefined while the status is not known yet. */
export type StatusReader = (part: Buffer) => number | 'invalid' | undefined

/** Interim responses (1xx) are skipped, except 101, after which the connection has another protocol. */
export function statusReader(): StatusReader {
  let received = ''
  let parts = 0
  return (part) => {
    received += part.toString('latin1', 0, MOST_BYTES)
    parts += 1
    const found = finalStatus(received)
    if (found.status !== undefined) return found.status
    received = found.rest
    return received.length >= MOST_BYTES || parts >= MOST_PARTS ? 'invalid' : undefined
  }
}

function finalStatus(text: string): {readonly status?: number | 'invalid'; readonly rest: string} {
  let rest = text
  for (;;) {
    const end = rest.indexOf('\n')
    if (end < 0) return {rest}
    const status = Number(STATUS_LINE.exec(rest.slice(0, end))?.[1] ?? Number.NaN)
    if (Number.isNaN(status)) return {status: 'invalid', rest}
    if (status >= 200 || status === 101) return {status, rest}
    const next = /\r?\n\r?\n/.exec(rest)
    if (!next) return {rest}
    rest = rest.slice(next.index + next[0].length)
  }
}
