/** Splits a stream of bytes into lines. A line is decoded once it is complete, because a chunk may end inside a character. */

/** Far above what etcd can store as one object. */
const MAX_LINE_BYTES = 64 * 1024 * 1024

/** Yields each line without its line break. A last line without one was cut off, and is dropped. */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  limit = MAX_LINE_BYTES,
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

/** The whole text. If it has more than `limit` bytes: its beginning with `cut`, else a RangeError. */
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
