/**
 * Writes the log to standard error without ever blocking on its reader. Lines that cannot be written yet are buffered up to a
 * limit; further lines are dropped and counted.
 */
import {constants, openSync, write as writeTo} from 'node:fs'
import {isatty} from 'node:tty'
import {promisify} from 'node:util'
import {systemClock, type Clock} from '../util/clock.js'

/** Characters that are buffered: about 20,000 lines, enough for two diagnostics on each of 10,000 Services. */
const LIMIT = 8 * 1024 * 1024
/** Lines per write. */
const LINES = 256
/** Milliseconds before a write is retried: after EAGAIN (a full pipe), and after any other error (such as a full disk). */
const FULL_PIPE = 20
const AFTER_ERROR = 1000
/** Milliseconds that the last lines may take when lbex exits. */
const LAST_LINES = 1000

export type LogOutputOptions = {
  /** Called with the number of dropped lines when the buffer is empty again. */
  readonly onDropped: (lines: number) => void
  /** Resolves to the number of bytes written. Default: writes to standard error. */
  readonly write?: (bytes: Buffer) => Promise<number>
  readonly clock?: Clock
}

export class LogOutput {
  private waiting: string[] = []
  private size = 0
  private dropped = 0
  private emptying: Promise<void> | undefined

  constructor(private readonly options: LogOutputOptions) {}

  /** After one line is dropped, all further lines are too until the buffer is written, so that there is one gap, which is reported. */
  write(line: string): void {
    if (this.dropped > 0 || this.size + line.length > LIMIT) {
      this.dropped += 1
      return
    }
    this.waiting.push(line)
    this.size += line.length
    this.emptying ??= this.empty()
  }

  /** Resolves when everything is written, or after `limit` milliseconds. */
  async flush(limit: number): Promise<void> {
    const {clock = systemClock} = this.options
    if (this.emptying) await Promise.race([this.emptying, clock.delay(limit)])
  }

  private async empty(): Promise<void> {
    while (this.waiting.length > 0) {
      const text = this.waiting.splice(0, LINES).join('')
      await this.writeWhole(Buffer.from(text))
      this.size -= text.length
      if (this.waiting.length === 0) this.reportDropped()
    }
    this.emptying = undefined
  }

  private reportDropped(): void {
    const {dropped} = this
    this.dropped = 0
    if (dropped > 0) this.options.onDropped(dropped)
  }

  private async writeWhole(bytes: Buffer): Promise<void> {
    const {write = toStandardError, clock = systemClock} = this.options
    for (let rest = bytes; rest.length > 0;) {
      try {
        rest = rest.subarray(await write(rest))
      } catch (error) {
        const {code} = error as NodeJS.ErrnoException
        // The reader has closed the pipe.
        if (code === 'EPIPE') return
        await clock.delay(code === 'EAGAIN' ? FULL_PIPE : AFTER_ERROR)
      }
    }
  }
}

let descriptor: number | undefined

async function toStandardError(bytes: Buffer): Promise<number> {
  descriptor ??= nonBlocking(process.stderr.fd)
  const {bytesWritten} = await promisify(writeTo)(descriptor, bytes)
  return bytesWritten
}

/**
 * Node.js sets O_NONBLOCK on pipes and sockets, so a write to a full one fails at once. A write to a terminal that is stopped or
 * hangs would block a thread and keep lbex from exiting, so the terminal is opened again with O_NONBLOCK.
 */
function nonBlocking(stream: number): number {
  if (!isatty(stream)) return stream
  try {
    return openSync(`/proc/self/fd/${stream}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    // The terminal belongs to another user.
    return stream
  }
}

/** The log of this process; undefined if the command does not log. */
let opened: LogOutput | undefined

export function openLogOutput(onDropped: LogOutputOptions['onDropped']): LogOutput {
  return (opened = new LogOutput({onDropped}))
}

/** Writes a line, with its end, between those of the log. Dropped if the command does not log. */
export function writeToLog(line: string): void {
  opened?.write(line)
}

/** True for a command that logs: it must survive a reader that closes the pipe. */
export function isLogging(): boolean {
  return opened !== undefined
}

/** Waits for the last lines of the log to be written, but not longer than a second. */
export async function flushLog(): Promise<void> {
  await opened?.flush(LAST_LINES)
}

/** Waits for `written`: without a limit, but at most a second in a command that logs. */
export async function waitForReaders(written: Promise<unknown>): Promise<void> {
  await (opened ? Promise.race([written, systemClock.delay(LAST_LINES)]) : written)
}
