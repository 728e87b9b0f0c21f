/** The file of the access log: renamed when it is large, and opened again if another program renames or removes it. */
import {constants} from 'node:fs'
import {open, rename, stat, type FileHandle} from 'node:fs/promises'
import {Failure, messageOf} from '../../diagnostics/failure.js'
import type {Clock} from '../../util/clock.js'

/** Bytes. */
const ROTATE_AT = 100 * 1024 * 1024
/** Milliseconds between two checks whether the file still has its name. */
const CHECK_EVERY = 1000
/** The lines contain addresses of clients. */
const MODE = 0o640
/** O_NONBLOCK: a named pipe without a reader must not block lbex. */
const FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NONBLOCK

export type LogFileOptions = {
  readonly clock: Pick<Clock, 'monotonic'>
  /** Bytes after which the file is renamed to PATH.1, which replaces an older one; default: 100 MiB. */
  readonly rotateAt?: number
}

export class LogFile {
  private size = 0
  private checkedAt: number

  /** Rejects with the Failure `access-log-file`. */
  static async open(path: string, options: LogFileOptions): Promise<LogFile> {
    try {
      const log = new LogFile(path, await open(path, FLAGS, MODE), options)
      await log.noteSize()
      return log
    } catch (cause) {
      throw new Failure(`the access log cannot be written: ${messageOf(cause)}`, {
        code: 'access-log-file',
        hint: 'choose a file that lbex may write to with --access-log-file; its folder must exist',
        cause,
      })
    }
  }

  private constructor(
    private readonly path: string,
    private file: FileHandle,
    private readonly options: LogFileOptions,
  ) {
    this.checkedAt = options.clock.monotonic()
  }

  /** Resolves to the number of bytes written. Rejects with an error of the file system. One call at a time. */
  async write(bytes: Buffer): Promise<number> {
    await this.rotate()
    const {bytesWritten} = await this.file.write(bytes)
    this.size += bytesWritten
    return bytesWritten
  }

  async close(): Promise<void> {
    await this.file.close()
  }

  private async rotate(): Promise<void> {
    const {clock, rotateAt = ROTATE_AT} = this.options
    const isLarge = this.size >= rotateAt
    const now = clock.monotonic()
    if (!isLarge && now - this.checkedAt < CHECK_EVERY) return
    this.checkedAt = now
    const isOurs = await this.hasName()
    if (isOurs && !isLarge) return
    if (isOurs) await rename(this.path, `${this.path}.1`)
    await this.reopen()
  }

  private async hasName(): Promise<boolean> {
    const [named, ours] = await Promise.all([stat(this.path).catch(() => undefined), this.file.stat()])
    return named !== undefined && named.ino === ours.ino && named.dev === ours.dev
  }

  private async reopen(): Promise<void> {
    const old = this.file
    this.file = await open(this.path, FLAGS, MODE)
    await old.close()
    await this.noteSize()
  }

  /** A pipe or a device is never rotated. */
  private async noteSize(): Promise<void> {
    const stats = await this.file.stat()
    this.size = stats.isFile() ? stats.size : -Infinity
  }
}
