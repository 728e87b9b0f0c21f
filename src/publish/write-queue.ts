/**
 * The pending writes, one for each key: a newer item replaces an older one. A failed write is retried with back-off; while the
 * API server is unreachable or busy, all writes wait.
 */
import {setMaxListeners} from 'node:events'
import {Failure, stackOf, UnexpectedFailure} from '../diagnostics/failure.js'
import {ApiFailure, isUnreachable} from '../kube/api-failure.js'
import {Backoff} from '../util/backoff.js'
import type {Clock} from '../util/clock.js'
import type {Logger} from '../util/logger.js'
import {resultOf} from './paced-writes.js'
import type {WriteQueueDetails} from './publishing-details.js'

export type WriteItem = {
  readonly key: string
  /** The kind of write and the namespace, which determine the permission. If it is missing, the whole scope waits. */
  readonly scope: string
  /** Items of higher priority go first. */
  readonly priority: 'high' | 'low'
  readonly work: (signal: AbortSignal) => Promise<void>
  /** Monotonic time; default: as soon as possible. */
  readonly notBefore?: number
}

type QueueEntry = {
  item: WriteItem
  readonly backoff: Backoff
  dueAt: number
  isRunning: boolean
  /** True if the item was put again while it was running. */
  isStale: boolean
}

export type WriteQueueDeps = {readonly clock: Clock; readonly log: Logger; readonly random?: () => number}

/** Key in `reported` of a failure of all writes. */
const ACCESS = 'access'
const BACKOFF = {initial: 500, limit: 60_000}
/** Milliseconds until the retry of a write that was forbidden or rejected. */
const LONG_RETRY = 300_000
/** Concurrent writes, for an API server that responds slowly. */
const CONCURRENCY = 10
/** Concurrent writes of low priority: a write that has started keeps its place in the rate limit, ahead of more important ones. */
const CONCURRENCY_LOW = 2
/** Maximum number of items of low priority; each holds the text of an Event. */
const MOST_LOW = 2000

export class WriteQueue {
  private readonly entries = new Map<string, QueueEntry>()
  private readonly scopePauses = new Map<string, number>()
  private readonly reported = new Set<string>()
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

  /** The number of pending items, including those that are being written. */
  get length(): number {
    return this.entries.size
  }

  get details(): WriteQueueDetails {
    const now = this.deps.clock.monotonic()
    const paused = [...this.scopePauses].filter(([, until]) => until > now)
    return {
      ...{pending: this.length, events: this.low, running: this.running},
      pausedFor: Math.max(0, this.pausedUntil - now),
      scopes: new Map(paused.map(([scope, until]) => [scope, until - now])),
    }
  }

  /** False if the queue has too many items of low priority. */
  put(item: WriteItem): boolean {
    const known = this.entries.get(item.key)
    if (known) {
      known.item = item
      known.isStale = known.isRunning
      // The newer item may be due earlier.
      this.wake()
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

  /** Removes a pending item. A write that has started is not aborted. */
  drop(key: string): void {
    const entry = this.entries.get(key)
    if (!entry) return
    if (entry.isRunning) entry.isStale = false
    else this.remove(entry)
  }

  /** Writes until `signal` aborts, which also aborts the writes in progress. */
  async run(signal: AbortSignal): Promise<void> {
    // Each concurrent write listens to it, more than the ten listeners for which Node.js does not warn.
    setMaxListeners(0, signal)
    while (!signal.aborted) {
      for (let entry = this.next(); entry && this.running < CONCURRENCY; entry = this.next())
        void this.attempt(entry, signal)
      await this.sleep(signal)
    }
    while (this.running > 0) await new Promise<void>((resolve) => (this.wake = resolve))
  }

  /** Resolves when no item is due soon, or after `milliseconds`. */
  async flush(milliseconds: number): Promise<void> {
    const done = new AbortController()
    this.onIdle = () => done.abort()
    if (this.hasWork()) await this.deps.clock.delay(milliseconds, done.signal)
    this.onIdle = () => {}
  }

  private hasWork(): boolean {
    const soon = this.deps.clock.monotonic() + BACKOFF.limit
    for (const entry of this.entries.values()) if (entry.isRunning || this.dueAt(entry) <= soon) return true
    return false
  }

  /** The first item of the highest priority that is due. */
  private next(): QueueEntry | undefined {
    const now = this.deps.clock.monotonic()
    if (now < this.pausedUntil) return undefined
    let found: QueueEntry | undefined
    for (const entry of this.entries.values()) {
      if (entry.isRunning || !this.hasSlotFor(entry) || this.dueAt(entry) > now) continue
      if (entry.item.priority === 'high') return entry
      found ??= entry
    }
    return found
  }

  private hasSlotFor({item}: QueueEntry): boolean {
    return item.priority === 'high' || this.runningLow < CONCURRENCY_LOW
  }

  private dueAt({dueAt, item}: QueueEntry): number {
    return Math.max(dueAt, item.notBefore ?? 0, this.scopePauses.get(item.scope) ?? 0)
  }

  private async attempt(entry: QueueEntry, signal: AbortSignal): Promise<void> {
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

  private count({item}: QueueEntry, by: 1 | -1): void {
    this.running += by
    if (item.priority === 'low') this.runningLow += by
  }

  private succeed(entry: QueueEntry): void {
    this.pauseBackoff.reset()
    this.scopePauses.delete(entry.item.scope)
    for (const what of [ACCESS, entry.item.scope, entry.item.key]) this.reported.delete(what)
    entry.backoff.reset()
    entry.dueAt = 0
    if (!entry.isStale) this.remove(entry)
  }

  private fail(entry: QueueEntry, error: unknown): void {
    const {clock} = this.deps
    const {item} = entry
    const failure = error instanceof Failure ? error : new UnexpectedFailure(error)
    const result = resultOf(failure)
    // A newer item may be about another object of the same name: its work finds out.
    if (result === 'absent') return entry.isStale ? undefined : this.remove(entry)
    if (result === 'forbidden') {
      this.scopePauses.set(item.scope, clock.monotonic() + LONG_RETRY)
      return this.reportOnce(item.scope, failure)
    }
    if (result === 'refused' || failure instanceof UnexpectedFailure) {
      entry.dueAt = clock.monotonic() + LONG_RETRY
      return this.reportOnce(item.key, failure)
    }
    entry.dueAt = clock.monotonic() + entry.backoff.next()
    if (isUnreachable(failure) || failure.code === 'api-busy' || !failure.temporary) this.pause(failure)
    // For example, the credentials have expired: no write succeeds until an operator has renewed them.
    if (!failure.temporary) return this.reportOnce(ACCESS, failure)
    this.deps.log.debug('write to the API server failed, retrying', {error: failure.message})
  }

  private pause(failure: Failure): void {
    const now = this.deps.clock.monotonic()
    // If several concurrent writes fail, only the first one increases the delay.
    if (now >= this.pausedUntil) this.pausedUntil = now + this.pauseBackoff.next()
    this.pausedUntil = Math.max(this.pausedUntil, now + retryAfterOf(failure))
  }

  /** Once for all writes, for each scope and for each item, until it succeeds. */
  private reportOnce(what: string, failure: Failure): void {
    if (this.reported.has(what) || this.reported.size > MOST_LOW) return
    this.reported.add(what)
    const {message, code, hint} = failure
    this.deps.log.warn('write to the API server failed, retrying later', {
      ...{error: message, code, ...(hint && {hint})},
      ...stackOf(failure),
    })
  }

  private remove({item}: QueueEntry): void {
    this.reported.delete(item.key)
    if (this.entries.delete(item.key) && item.priority === 'low') this.low -= 1
  }

  private async sleep(signal: AbortSignal): Promise<void> {
    const done = new AbortController()
    const end = (): void => done.abort()
    this.wake = end
    signal.addEventListener('abort', end, {once: true})
    if (!signal.aborted) await this.deps.clock.delay(this.untilNext(), done.signal)
    signal.removeEventListener('abort', end)
    this.wake = () => {}
  }

  /** Milliseconds until the next item that may start is due. The end of a write wakes the queue as well. */
  private untilNext(): number {
    if (this.running >= CONCURRENCY) return LONG_RETRY
    let due = Infinity
    for (const entry of this.entries.values())
      if (!entry.isRunning && this.hasSlotFor(entry)) due = Math.min(due, this.dueAt(entry))
    return Math.min(LONG_RETRY, Math.max(0, Math.max(due, this.pausedUntil) - this.deps.clock.monotonic()))
  }

  private newBackoff(): Backoff {
    const {random} = this.deps
    return new Backoff({...BACKOFF, ...(random && {random})})
  }
}

function retryAfterOf(failure: Failure): number {
  return failure instanceof ApiFailure ? (failure.retryAfter ?? 0) : 0
}
