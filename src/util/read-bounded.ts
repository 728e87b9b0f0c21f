/** Reads a file as far as a limit: what is longer is an error, and so is a device, which may never end. */
import {open, stat} from 'node:fs/promises'
import type {Readable} from 'node:stream'

/** Bytes of a file, unless --max-file-size says otherwise: 64 MiB. */
export const MOST_BYTES = 64 * 1024 * 1024

/** Milliseconds for a regular file: a network file system may never answer. */
const LONGEST = 60_000

export type Bounds = {
  /** Bytes. */
  readonly limit: number
  readonly signal?: AbortSignal
  /** A pipe ends when its writer ends it, at any time. */
  readonly isPipe?: boolean
}

/** Rejects with an error whose message says what is wrong with the file, without its name. */
export async function readBounded(path: string, {limit, signal, isPipe}: Bounds): Promise<Buffer> {
  signal?.throwIfAborted()
  const stats = await stat(path)
  // Before it is opened: to open a device may have effects.
  if (stats.isCharacterDevice() || stats.isBlockDevice()) throw new Error('it is a device')
  if (stats.size > limit) throw tooLarge(limit)
  const limits = [...(signal ? [signal] : []), ...(isPipe ? [] : [AbortSignal.timeout(LONGEST)])]
  const file = await open(path)
  try {
    return await readStream(file.createReadStream({signal: AbortSignal.any(limits), autoClose: false}), limit)
  } catch (error) {
    throw (error as Error).name === 'AbortError'
      ? new Error(`it takes more than ${LONGEST / 1000} seconds`)
      : error
  } finally {
    await file.close()
  }
}

/** All that a stream holds; rejects when that is too much. */
export async function readStream(stream: Readable, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) throw tooLarge(limit)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge(limit: number): Error {
  return new Error(`it has more than ${limit} bytes; --max-file-size allows more`)
}
