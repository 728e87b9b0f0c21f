/**
 * Follows a log file as it grows, is truncated, or is replaced by a new one of the same name. It is polled often and there is
 * seldom a new line, so it checks synchronously (microseconds) and reads asynchronously.
 */
import {fstatSync, statSync} from 'node:fs'
import {open, type FileHandle} from 'node:fs/promises'

const CHUNK = 65_536

export class LogTail {
  private file: FileHandle | undefined
  private offset = 0
  /** The beginning of an incomplete line. */
  private rest = ''
  /** Another file has the name now. This one is read once more, because a writer may not have noticed yet. */
  private replaced = false

  constructor(private readonly path: string) {}

  /** Skips what is in the file. */
  async skip(): Promise<void> {
    await this.open()
    this.offset = this.file ? fstatSync(this.file.fd).size : 0
  }

  /** The lines that were completed since the last call. */
  async read(): Promise<string[]> {
    await this.open()
    if (!this.file) return []
    const {size, ino} = fstatSync(this.file.fd)
    if (size < this.offset) this.offset = 0
    const lines = size === this.offset ? [] : await this.readNew(this.file)
    if (this.replaced) await this.close()
    else this.replaced = this.isReplaced(ino)
    return lines
  }

  async close(): Promise<void> {
    await this.file?.close()
    this.file = undefined
    this.offset = 0
    this.replaced = false
    this.rest = ''
  }

  private async open(): Promise<void> {
    this.file ??= await open(this.path, 'r').catch(() => undefined)
  }

  private async readNew(file: FileHandle): Promise<string[]> {
    const buffer = Buffer.allocUnsafe(CHUNK)
    const lines: string[] = []
    for (;;) {
      const {bytesRead} = await file.read(buffer, 0, CHUNK, this.offset)
      if (bytesRead === 0) return lines
      this.offset += bytesRead
      const parts = (this.rest + buffer.toString('latin1', 0, bytesRead)).split('\n')
      this.rest = parts.pop() ?? ''
      lines.push(...parts)
    }
  }

  /** False if no file has the name: NGINX still writes to the old file until it creates the new one. */
  private isReplaced(ino: number): boolean {
    const now = statSync(this.path, {throwIfNoEntry: false})
    return now !== undefined && now.ino !== ino
  }
}
