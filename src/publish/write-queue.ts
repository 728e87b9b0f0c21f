/**
 * What is to be written, by a key for each object: a newer wish takes the place of an older one. A write that fails is tried
 * again, with a delay that grows; if the API server is out of reach or busy, all of them wait.
 */
import {Failure, stackOf, UnexpectedFailure} from '../diagnostics/failure.js'
import {ApiFailure, isUnreachable} from '../kube/api-failure.js'
import {Backoff} from '../util/backoff.js'
import type {Clock} from '../util/clock.js'
import type {Logger} from '../util/logger.js'
import {resultOf} from './paced-writes.js'

export type WriteItem = {
  readonly key: string
  /** What the right to write depends on: the kind of write and the namespace. If it is missing, the whole scope waits. */
  readonly scope: string
  /** Items of higher priority go first. */
  readonly priority: 'high' | 'low'
  readonly work: (signal: AbortSignal) => Promise<void>
}

type Entry = {
  item: WriteItem
  readonly backoff: Backoff
  dueAt: number
  isRunning: boolean
  /** True if the item was put again while it was running. */
  isStale: boolean
}

export type WriteQueueDeps = {readonly clock: Clock; readonly log: Logger; readonly random?: () => number}

const BACKOFF = {initial: 500, limit: 60_000}
/** Milliseconds until a write that was not allowed, or not accepted, is tried again. */
const RARELY = 300_000
/** Answers of a slow API server that are waited for at the same time. */
const CONCURRENCY = 10
/** Of low priority: what is begun waits for the rate, and what is more important waits behind it. */
const CONCURRENCY_LOW = 2
/** Items of low priority that are kept; each has the text of an Event. */
const MOST_LOW = 2000

export class WriteQueue {
  private readonly entries = new Map<string, Entry>()
  private readonly scopePauses = new Map<string, number>()
  private readonly complaints = new Set<string>()
  private readonly pauseBackoff: Backoff
  private pausedUntil = 0
  private running = 0
  private low = 0
  private runningLow = 0
  private wake: () => void = () => {}
  private onIdle: () => void = () => {}

  constructor(private readonly deps: WriteQueueDeps) {
    this.pauseBackoff = this.newBackoff()
  }

  /** Items that wait or are being written. */
  get length(): number {
    return this.entries.size
  }

  /** False if there is no room for another item of low priority. */
  put(item: WriteItem): boolean {
    const known = this.entries.get(item.key)
    if (known) {
      known.item = item
      known.isStale = known.isRunning
      return true
    }
    if (item.priority === 'low' && this.low >= MOST_LOW) return false
    if (item.priority === 'low') this.low += 1
    this.entries.set(item.key, {
      ...{item, backoff: this.newBackoff(), dueAt: 0},
      ...{isRunning: false, isStale: false},
    })
    this.wake()
    return true
  }

  /** Nothing is to be written any longer; a write that has begun ends by itself. */
  drop(key: string): void {
    const entry = this.entries.get(key)
    if (!entry) return
    if (entry.isRunning) entry.isStale = false
    else this.remove(entry)
  }

  /** Writes until `signal` aborts, which ends the writes that have begun. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (let entry = this.next(); entry && this.running < CONCURRENCY; entry = this.next())
        void this.attempt(entry, signal)
      await this.sleep(signal)
    }
    while (this.running > 0) await new Promise<void>((resolve) => (this.wake = resolve))
  }

  /** Resolves when nothing is left that will be tried soon, or after `milliseconds`. */
  async flush(milliseconds: number): Promise<void> {
    const over = new AbortController()
    this.onIdle = () => over.abort()
    if (this.hasWork()) await this.deps.clock.delay(milliseconds, over.signal)
    this.onIdle = () => {}
  }

  private hasWork(): boolean {
    const soon = this.deps.clock.monotonic() + BACKOFF.limit
    return [...this.entries.values()].some((entry) => entry.isRunning || this.dueAt(entry) <= soon)
  }

  /** The first item of the highest priority that is due. */
  private next(): Entry | undefined {
    const now = this.deps.clock.monotonic()
    if (now < this.pausedUntil) return undefined
    let found: Entry | undefined
    for (const entry of this.entries.values()) {
      if (entry.isRunning || !this.hasRoomFor(entry) || this.dueAt(entry) > now) continue
      if (entry.item.priority === 'high') return entry
      found ??= entry
    }
    return found
  }

  private hasRoomFor({item}: Entry): boolean {
    return item.priority === 'high' || this.runningLow < CONCURRENCY_LOW
  }

  private dueAt({dueAt, item}: Entry): number {
    return Math.max(dueAt, this.scopePauses.get(item.scope) ?? 0)
  }

  private async attempt(entry: Entry, signal: AbortSignal): Promise<void> {
    entry.isRunning = true
    entry.isStale = false
    this.count(entry, 1)
    try {
      await entry.item.work(signal)
      this.succeed(entry)
    } catch (error) {
      if (!signal.aborted) this.fail(entry, error)
    } finally {
      this.count(entry, -1)
      entry.isRunning = false
      this.wake()
      if (!this.hasWork()) this.onIdle()
    }
  }

  private count({item}: Entry, by: 1 | -1): void {
    this.running += by
    if (item.priority === 'low') this.runningLow += by
  }

  private succeed(entry: Entry): void {
    this.pauseBackoff.reset()
    this.scopePauses.delete(entry.item.scope)
    this.complaints.delete(entry.item.scope)
    this.complaints.delete(entry.item.key)
    entry.backoff.reset()
    entry.dueAt = 0
    if (!entry.isStale) this.remove(entry)
  }

  private fail(entry: Entry, error: unknown): void {
    const {clock} = this.deps
    const {item} = entry
    const failure = error instanceof Failure ? error : new UnexpectedFailure(error)
    const result = resultOf(failure)
    if (result === 'absent') return this.remove(entry)
    if (result === 'forbidden') {
      this.scopePauses.set(item.scope, clock.monotonic() + RARELY)
      return this.complain(item.scope, failure)
    }
    if (result === 'refused' || failure instanceof UnexpectedFailure) {
      entry.dueAt = clock.monotonic() + RARELY
      return this.complain(item.key, failure)
    }
    entry.dueAt = clock.monotonic() + entry.backoff.next()
    if (isUnreachable(failure) || failure.code === 'api-busy') this.pause(failure)
    this.deps.log.debug('writing to the API server failed, trying again', {error: failure.message})
  }

  private pause(failure: Failure): void {
    const now = this.deps.clock.monotonic()
    // Several writes fail at the same time: only the first of them makes the delay grow.
    if (now >= this.pausedUntil) this.pausedUntil = now + this.pauseBackoff.next()
    this.pausedUntil = Math.max(this.pausedUntil, now + retryAfterOf(failure))
  }

  /** Once for each scope or item, until it succeeds. */
  private complain(what: string, failure: Failure): void {
    if (this.complaints.has(what) || this.complaints.size > MOST_LOW) return
    this.complaints.add(what)
    const {message, code, hint} = failure
    this.deps.log.warn('writing to the API server failed, trying again later', {
      ...{error: message, code, ...(hint && {hint})},
      ...{...stackOf(failure), delay: RARELY},
    })
  }

  private remove({item}: Entry): void {
    if (this.entries.delete(item.key) && item.priority === 'low') this.low -= 1
  }

  private async sleep(signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    const end = (): void => over.abort()
    this.wake = end
    signal.addEventListener('abort', end, {once: true})
    if (!signal.aborted) await this.deps.clock.delay(this.untilNext(), over.signal)
    signal.removeEventListener('abort', end)
    this.wake = () => {}
  }

  /** Milliseconds until an item is due that there is room for: the end of another one wakes too. */
  private untilNext(): number {
    if (this.running >= CONCURRENCY) return RARELY
    let due = Infinity
    for (const entry of this.entries.values())
      if (!entry.isRunning && this.hasRoomFor(entry)) due = Math.min(due, this.dueAt(entry))
    return Math.min(RARELY, Math.max(0, Math.max(due, this.pausedUntil) - this.deps.clock.monotonic()))
  }

  private newBackoff(): Backoff {
    const {random} = this.deps
    return new Backoff({...BACKOFF, ...(random && {random})})
  }
}

function retryAfterOf(failure: Failure): number {
  return failure instanceof ApiFailure ? (failure.retryAfter ?? 0) : 0
}
