/** NGINX's error log: every line goes to our log, at its level and not too many; emergencies are kept for whoever waits for them. */
import {statSync} from 'node:fs'
import {rename} from 'node:fs/promises'
import type {Clock} from '../../../util/clock.js'
import type {Logger} from '../../../util/logger.js'
import {LogTail} from './log-tail.js'

export type ErrorLogOptions = {
  readonly path: string
  readonly log: Logger
  readonly clock: Clock
  /** Lines of level warn and above that are passed on in one second; the others are counted. */
  readonly linesPerSecond: number
  /** Bytes after which the file is renamed to `error.log.1`. */
  readonly rotateAt: number
}

/** `2025/01/31 12:00:00 [warn] 123#123: *7 words`, https://nginx.org/en/docs/ngx_core_module.html#error_log */
const LINE = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[(\w+)\] (\d+)#\d+: (.*)$/

const LOUDNESS: Readonly<Record<string, 'error' | 'warn'>> = {
  emerg: 'error',
  alert: 'error',
  crit: 'error',
  error: 'warn',
  warn: 'warn',
}

/** A worker that stays root keeps root's groups where it may not take them anew: it says so, and serves. */
const EXPECTED = /^initgroups\(root, 0\) failed/

export class ErrorLog {
  private readonly tail: LogTail
  private reading: Promise<void> = Promise.resolve()
  private emergencies: {pid: number; text: string}[] = []
  private second = 0
  private passed = 0
  private dropped = 0

  constructor(private readonly options: ErrorLogOptions) {
    this.tail = new LogTail(options.path)
  }

  /** Leaves aside what was written before. */
  open(): Promise<void> {
    return this.tail.skip()
  }

  /** Reads on; never two at once. */
  poll(): Promise<void> {
    const turn = this.reading.then(async () => {
      for (const line of await this.tail.read()) this.pass(line)
      this.reportDropped()
    })
    this.reading = turn.catch(() => {})
    return turn
  }

  /** From here on emergencies count. */
  async forgetEmergencies(): Promise<void> {
    await this.poll()
    this.emergencies = []
  }

  /** The texts of level emerg of one process since forgetEmergencies, up to now. */
  async emergenciesOf(pid: number): Promise<string[]> {
    await this.poll()
    return this.emergencies.flatMap((each) => (each.pid === pid ? [each.text] : []))
  }

  /** Where the file is large: renames it and has NGINX make a new one (`reopen` is to send SIGUSR1). */
  async rotateWhenLarge(reopen: () => void): Promise<void> {
    const {path, rotateAt} = this.options
    if ((statSync(path, {throwIfNoEntry: false})?.size ?? 0) < rotateAt) return
    await rename(path, `${path}.1`)
    reopen()
  }

  async close(): Promise<void> {
    await this.poll()
    await this.tail.close()
  }

  private pass(line: string): void {
    const [, level = '', pid, text = ''] = LINE.exec(line) ?? []
    if (level === 'emerg') this.emergencies = [...this.emergencies, {pid: Number(pid), text}].slice(-100)
    const loudness = EXPECTED.test(text) ? undefined : LOUDNESS[level]
    if (!loudness) return this.options.log.debug('NGINX says', {line})
    if (this.mayPass()) this.options.log[loudness]('NGINX says', {nginxLevel: level, text})
  }

  private mayPass(): boolean {
    this.reportDropped()
    if (this.passed >= this.options.linesPerSecond) this.dropped += 1
    else this.passed += 1
    return this.dropped === 0
  }

  /** Once in a second, as soon as it is over. */
  private reportDropped(): void {
    const now = Math.floor(this.options.clock.monotonic() / 1000)
    if (now === this.second) return
    if (this.dropped > 0) this.options.log.warn('lines of NGINX were left out', {count: this.dropped})
    this.second = now
    this.passed = 0
    this.dropped = 0
  }
}
