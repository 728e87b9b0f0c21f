/** The text of files. Pipes, stdin among them, are read once and remembered. */
import {MOST_BYTES, readBounded, readStream, readWithin} from '../../util/read-bounded.js'
import {fileUnreadable} from './file-failures.js'
import type {FoundFile} from './found-files.js'

/** Stands for stdin among the files. */
export const STDIN: FoundFile = {file: '<stdin>', path: '-', isPipe: true}

const OUTSIDE =
  'a symbolic link leads out of the folder that was named and of its repository; --follow-links reads it'

/** Returns the text that comes in through stdin. */
export type Stdin = () => string | Promise<string>

export class TextReader {
  private readonly pipes = new Map<string, string | undefined>()

  constructor(
    private readonly stdin: Stdin | undefined,
    /** Bytes of one file. */
    private readonly limit: number = MOST_BYTES,
  ) {}

  /** The text without byte order mark; undefined when it is none in UTF-8. Throws the Failure `file-unreadable`. */
  async read(found: FoundFile, temporary: boolean, signal: AbortSignal): Promise<string | undefined> {
    if (found.isOutside) throw fileUnreadable(found.file, new Error(OUTSIDE), temporary)
    if (this.pipes.has(found.path)) return this.pipes.get(found.path)
    try {
      const {path} = found
      const bounds = {limit: this.limit, signal}
      const text = path === STDIN.path ? await this.readStdin() : decodeText(await readBounded(path, bounds))
      if (found.isPipe) this.pipes.set(found.path, text)
      return text
    } catch (error) {
      signal.throwIfAborted()
      throw fileUnreadable(found.file, error, temporary)
    }
  }

  private async readStdin(): Promise<string | undefined> {
    if (this.stdin) return decodeText(Buffer.from(await this.stdin()))
    const {stdin} = process
    // The user of a terminal sees that lbex waits.
    const bytes = stdin.isTTY ? readStream(stdin, this.limit) : readWithin(stdin, {limit: this.limit})
    return decodeText(await bytes)
  }
}

/** Without byte order mark; undefined for what is no text in UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch {
    return undefined
  }
}
