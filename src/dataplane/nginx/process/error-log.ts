/** Copies NGINX's error log to lbex's log, at the same levels and at a limited rate; keeps emergencies for its callers. */
import {statSync} from 'node:fs'
import {rename} from 'node:fs/promises'
import type {Clock} from '../../../util/clock.js'
import type {Logger} from '../../../util/logger.js'
import {LogTail} from './log-tail.js'

export type ErrorLogOptions = {
  readonly path: string
  readonly log: Logger
  readonly clock: Clock
  /** Lines of level warn and above that are logged in one second; the others are counted. */
  readonly linesPerSecond: number
  /** Bytes after which the file is renamed to `error.log.1`. */
  readonly rotateAt: number
}

/** `2025/01/31 12:00:00 [warn] 123#123: *7 words`, https://nginx.org/en/docs/ngx_core_module.html#error_log */
const LINE = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[(\w+)\] (\d+)#\d+: (.*)$/

const LEVELS: Readonly<Record<string, 'error' | 'warn'>> = {
  emerg: 'error',
  alert: 'error',
  crit: 'error',
  error: 'warn',
  warn: 'warn',
}

/**
 * Expected from a worker that stays root without the capability to set its groups: it keeps root's groups, and serves. And for each
 * connection that lbex ends after a drain timeout: ECONNABORTED.
 */
const EXPECTED = /^initgroups\(root, 0\) failed|^\*\d+ \w+\(\) failed \(103: /

export class ErrorLog {
  private readonly tail: LogTail
  private reading: Promise<void> = Promise.resolve()
  private emergencies: {pid: number; text: string}[] = []
  private second = 0
  private logged = 0
  private dropped = 0

  constructor(private readonly options: ErrorLogOptions) {
    this.tail = new LogTail(options.path)
  }

  /** Skips what was written before. */
  open(): Promise<void> {
    return this.tail.skip()
  }

  /** Reads new lines; two calls never overlap. */
  poll(): Promise<void> {
    const current = this.reading.then(async () => {
      for (const line of await this.tail.read()) this.log(line)
      this.reportDropped()
    })
    this.reading = current.catch(() => {})
    return current
  }

  /** Later calls of emergenciesOf return only emergencies from now on. */
  async forgetEmergencies(): Promise<void> {
    await this.poll()
    this.emergencies = []
  }

  /** The texts of level emerg of one process since forgetEmergencies, up to now. */
  async emergenciesOf(pid: number): Promise<string[]> {
    await this.poll()
    return this.emergencies.flatMap((each) => (each.pid === pid ? [each.text] : []))
  }

  /** If the file is large, renames it and makes NGINX create a new one (`reopen` has to send SIGUSR1). */
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

  private log(line: string): void {
    const [, level = '', pid, text = ''] = LINE.exec(line) ?? []
    if (level === 'emerg') this.emergencies = [...this.emergencies, {pid: Number(pid), text}].slice(-100)
    const ourLevel = EXPECTED.test(text) ? undefined : LEVELS[level]
    if (!ourLevel) return this.options.log.debug('NGINX logged', {line})
    if (this.mayLog()) this.options.log[ourLevel]('NGINX logged', {nginxLevel: level, text})
  }

  private mayLog(): boolean {
    this.reportDropped()
    if (this.logged >= this.options.linesPerSecond) this.dropped += 1
    else this.logged += 1
    return this.dropped === 0
  }

  /** At most once a second, as soon as that second is over. */
  private reportDropped(): void {
    const now = Math.floor(this.options.clock.monotonic() / 1000)
    if (now === this.second) return
    if (this.dropped > 0) this.options.log.warn('NGINX log lines were dropped', {count: this.dropped})
    this.second = now
    this.logged = 0
    this.dropped = 0
  }
}
