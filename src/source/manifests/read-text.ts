/** The text of files. Pipes, stdin among them, are read once and remembered. */
import {readFile} from 'node:fs/promises'
import {buffer} from 'node:stream/consumers'
import {fileUnreadable} from './file-failures.js'
import type {FoundFile} from './found.js'

/** Stands for stdin among the files. */
export const STDIN: FoundFile = {file: '<stdin>', path: '-', isPipe: true}

/** Returns the text that comes in through stdin. */
export type Stdin = () => string | Promise<string>

export class TextReader {
  private readonly pipes = new Map<string, string | undefined>()

  constructor(private readonly stdin: Stdin | undefined) {}

  /** The text without byte order mark; undefined when it is none in UTF-8. Throws the Failure `file-unreadable`. */
  async read(found: FoundFile, temporary: boolean, signal: AbortSignal): Promise<string | undefined> {
    if (this.pipes.has(found.path)) return this.pipes.get(found.path)
    try {
      const text =
        found.path === STDIN.path ? await this.readStdin() : decodeText(await readFile(found.path, {signal}))
      if (found.isPipe) this.pipes.set(found.path, text)
      return text
    } catch (error) {
      signal.throwIfAborted()
      throw fileUnreadable(found.file, error, temporary)
    }
  }

  private async readStdin(): Promise<string | undefined> {
    return decodeText(this.stdin ? Buffer.from(await this.stdin()) : await buffer(process.stdin))
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
