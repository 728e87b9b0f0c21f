/**
 * Standard error as the place of a log. Whoever reads it is never waited for: what cannot be written yet is kept, up to a
 * limit, and what is too much is dropped and counted.
 */
import {constants, openSync, write as writeTo} from 'node:fs'
import {isatty} from 'node:tty'
import {promisify} from 'node:util'
import {systemClock, type Clock} from '../util/clock.js'

/** Characters that are kept: some 20,000 lines, so that two findings on each of 10,000 Services are no reason to drop one. */
const LIMIT = 8 * 1024 * 1024
/** Lines that are written at once. */
const LINES = 256
/** Milliseconds until what could not be written is tried again: a pipe that is full, and a disk. */
const FULL_PIPE = 20
const TROUBLE = 1000
/** Milliseconds that the last lines may take when lbex ends. */
const LAST_LINES = 1000

export type LogOutputOptions = {
  /** Called when there is room again: how many lines are missing. */
  readonly onDropped: (lines: number) => void
  /** Resolves to the bytes that were written. Default: to standard error. */
  readonly write?: (bytes: Buffer) => Promise<number>
  readonly clock?: Clock
}

export class LogOutput {
  private waiting: string[] = []
  private size = 0
  private dropped = 0
  private emptying: Promise<void> | undefined

  constructor(private readonly options: LogOutputOptions) {}

  /** After a line was dropped all others are, until everything before it is written: no gap is hidden between two lines. */
  write(line: string): void {
    if (this.dropped > 0 || this.size + line.length > LIMIT) {
      this.dropped += 1
      return
    }
    this.waiting.push(line)
    this.size += line.length
    this.emptying ??= this.empty()
  }

  /** Resolves when everything is written, at the latest after `limit` milliseconds. */
  async flush(limit: number): Promise<void> {
    const {clock = systemClock} = this.options
    if (this.emptying) await Promise.race([this.emptying, clock.delay(limit)])
  }

  private async empty(): Promise<void> {
    while (this.waiting.length > 0) {
      const text = this.waiting.splice(0, LINES).join('')
      await this.writeWhole(Buffer.from(text))
      this.size -= text.length
      if (this.waiting.length === 0) this.tellDropped()
    }
    this.emptying = undefined
  }

  private tellDropped(): void {
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
        // Nobody will ever read it.
        if (code === 'EPIPE') return
        await clock.delay(code === 'EAGAIN' ? FULL_PIPE : TROUBLE)
      }
    }
  }
}

let descriptor: number | undefined

async function toStandardError(bytes: Buffer): Promise<number> {
  descriptor ??= thatNeverWaits(process.stderr.fd)
  const {bytesWritten} = await promisify(writeTo)(descriptor, bytes)
  return bytesWritten
}

/**
 * Node makes pipes and sockets such that a write to a full one fails at once. A terminal that was stopped, or that hangs, would
 * keep a thread waiting, and lbex from its end: it is opened anew.
 */
function thatNeverWaits(stream: number): number {
  if (!isatty(stream)) return stream
  try {
    return openSync(`/proc/self/fd/${stream}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    // One that belongs to somebody else.
    return stream
  }
}

/** Where this process logs to; undefined where it logs nothing. */
let opened: LogOutput | undefined

export function openLogOutput(onDropped: LogOutputOptions['onDropped']): LogOutput {
  return (opened = new LogOutput({onDropped}))
}

/** True for a command that works for long, which whoever reads its log must not bring to an end. */
export function isLogging(): boolean {
  return opened !== undefined
}

/** Gives the last lines of the log the time to be written, but no reader can keep lbex from its end. */
export async function flushLog(): Promise<void> {
  await opened?.flush(LAST_LINES)
}

/** Waits until readers have taken what was `written`: for as long as they like, but where there is a log only for so long. */
export async function waitForReaders(written: Promise<unknown>): Promise<void> {
  await (opened ? Promise.race([written, systemClock.delay(LAST_LINES)]) : written)
}
