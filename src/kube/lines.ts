/** Cuts a stream of bytes into lines; bytes are decoded once a line is whole, so that no character is torn. */

/** Far above what etcd can store as one object. */
const LONGEST_LINE = 64 * 1024 * 1024

/** Yields each line without its end. The last one counts only if it has an end: what was cut is no line. */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  limit = LONGEST_LINE,
): AsyncGenerator<string, void, undefined> {
  let pieces: Buffer[] = []
  let length = 0
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      pieces.push(chunk.subarray(start, end))
      yield Buffer.concat(pieces).toString('utf8')
      pieces = []
      length = 0
      start = end + 1
    }
    pieces.push(chunk.subarray(start))
    length += chunk.length - start
    if (length > limit) throw new RangeError(`a line has more than ${limit} bytes`)
  }
}

/** The whole text, or its beginning where it has more than `limit` bytes and may be `cut`. */
export async function textOf(chunks: AsyncIterable<Buffer>, limit: number, cut: boolean): Promise<string> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const chunk of chunks) {
    pieces.push(chunk)
    length += chunk.length
    if (length > limit && !cut) throw new RangeError(`it has more than ${limit} bytes`)
    if (length > limit) break
  }
  return Buffer.concat(pieces).toString('utf8')
}
