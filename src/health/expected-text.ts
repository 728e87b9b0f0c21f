/** Searches a response, which may arrive in many parts, for a text. */

/** A response is searched up to this number of bytes, so that a server cannot fill the memory of lbex. */
const SEARCHED = 65_536

export type TextSearch = {
  /** True as soon as the parts so far contain the text. */
  readonly add: (part: Buffer) => boolean
  /** True if no further part can make a difference. */
  readonly isFull: () => boolean
}

/** `text` is a string of characters below 256, one for each byte. */
export function searchText(text: string): TextSearch {
  let received = ''
  return {
    add(part) {
      received += part.toString('latin1', 0, SEARCHED - received.length)
      return received.includes(text)
    },
    isFull: () => received.length >= SEARCHED,
  }
}
