/** Reads a file up to a limit: a longer file is an error, and so is one that may never end. */
import {constants, createReadStream, open as openFile, type Stats} from 'node:fs'
import {stat, statfs} from 'node:fs/promises'
import {Socket} from 'node:net'
import {addAbortSignal, type Readable} from 'node:stream'
import {promisify} from 'node:util'
import {isOwnStream} from './own-streams.js'

const open = promisify(openFile)

/** Default of --max-file-size, bytes: 64 MiB. */
export const MOST_BYTES = 64 * 1024 * 1024

/** Milliseconds for a regular file (a network file system may never answer), and for a pipe, whose writer may be slow. */
const LONGEST = {file: 60_000, pipe: 300_000} as const

/** The statfs types of /proc, /sys, debugfs and tracefs: a read there may block, or have side effects. */
const KERNEL_FILE_SYSTEMS = new Set([0x9f_a0, 0x62_65_65_72, 0x64_62_67_20, 0x74_72_61_63])

export type Bounds = {
  /** Bytes. */
  readonly limit: number
  readonly signal?: AbortSignal | undefined
  /** Milliseconds; by default a minute, and five for a pipe. */
  readonly longest?: number
}

/**
 * Reads a pipe only by the path of a stream of this process (/dev/fd/N), which no link in a repository has. Rejects with an error
 * whose message describes the problem without the name of the file.
 */
export async function readBounded(path: string, {limit, signal, longest}: Bounds): Promise<Buffer> {
  signal?.throwIfAborted()
  const stats = await stat(path)
  // Before it is opened, because opening a device may have side effects.
  await refuseEndless(path, stats)
  if (stats.size > limit) throw tooLarge(limit)
  const time = longest ?? LONGEST[stats.isFIFO() ? 'pipe' : 'file']
  // O_NONBLOCK: the file may have been replaced by a pipe meanwhile.
  const fd = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  // Both close the descriptor.
  const stream = stats.isFIFO()
    ? new Socket({fd, readable: true, writable: false})
    : createReadStream(path, {fd})
  return readWithin(stream, {limit, signal, longest: time})
}

/** Like readStream, with a time limit: by default five minutes. */
export async function readWithin(
  stream: Readable,
  {limit, signal, longest = LONGEST.pipe}: Bounds,
): Promise<Buffer> {
  const signals = [...(signal ? [signal] : []), AbortSignal.timeout(longest)]
  try {
    return await readStream(addAbortSignal(AbortSignal.any(signals), stream), limit)
  } catch (error) {
    throw (error as Error).name === 'AbortError'
      ? new Error(`reading it takes more than ${longest / 1000} seconds`)
      : error
  }
}

async function refuseEndless(path: string, stats: Stats): Promise<void> {
  if (stats.isCharacterDevice() || stats.isBlockDevice()) throw new Error('it is a device')
  if (stats.isSocket()) throw new Error('it is a socket')
  if (stats.isFIFO() && !isOwnStream(path))
    throw new Error('it is a named pipe; lbex reads pipes from standard input and process substitution only')
  if (KERNEL_FILE_SYSTEMS.has((await statfs(path)).type)) throw new Error('it is a file of the kernel')
}

/** The content of a stream; rejects if it exceeds the limit. */
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
