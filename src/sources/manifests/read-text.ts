/** Reads the text of files. Pipes, including stdin, are read once and cached. */
import {MOST_BYTES, readBounded, readStream, readWithin} from '../../util/read-bounded.js'
import {fileUnreadable} from './file-failures.js'
import type {FoundFile} from './found-files.js'

/** Represents stdin in the list of files. */
export const STDIN: FoundFile = {file: '<stdin>', path: '-', isPipe: true}

const OUTSIDE =
  'a symbolic link leads out of the given folder and its repository; use --follow-links to read it'

/** Returns the text of stdin. */
export type Stdin = () => string | Promise<string>

export class TextReader {
  private readonly pipes = new Map<string, string | undefined>()

  constructor(
    private readonly stdin: Stdin | undefined,
    /** Maximum bytes of one file. */
    private readonly limit: number = MOST_BYTES,
  ) {}

  /** The text without byte order mark; undefined if it is not valid UTF-8. Throws the Failure `file-unreadable`. */
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
    // At a terminal, the user sees that lbex waits, so there is no time limit.
    const bytes = stdin.isTTY ? readStream(stdin, this.limit) : readWithin(stdin, {limit: this.limit})
    return decodeText(await bytes)
  }
}

/** The text without byte order mark; undefined if it is not valid UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch {
    return undefined
  }
}
