/** Searches a response, which may arrive in many parts, for a text. */

/** A response is searched up to this number of bytes, so that a server cannot keep lbex busy. */
const SEARCHED = 65_536

/** The parts that are searched: a server may send each byte by itself. */
const MOST_PARTS = 1000

export type TextSearch = {
  /** True as soon as the parts so far contain the text. */
  readonly add: (part: Buffer) => boolean
  /** True if no further part is searched. */
  readonly isFull: () => boolean
}

/** `text` is a string of characters below 256, one for each byte. */
export function searchText(text: string): TextSearch {
  let [bytes, parts] = [0, 0]
  // The end of what was searched: the text may begin there.
  let tail = ''
  const isFull = (): boolean => bytes >= SEARCHED || parts >= MOST_PARTS
  return {
    isFull,
    add(part) {
      if (isFull()) return false
      const received = tail + part.toString('latin1', 0, SEARCHED - bytes)
      bytes += part.length
      parts += 1
      tail = text.length > 1 ? received.slice(1 - text.length) : ''
      return received.includes(text)
    },
  }
}
