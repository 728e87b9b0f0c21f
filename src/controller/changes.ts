/** Remembers that something changed until the loop handles it, and debounces bursts of changes. */
import {setImmediate} from 'node:timers/promises'
import {allEnded} from '../util/concurrency.js'
import type {Clock} from '../util/clock.js'
import {followSignals} from '../util/follow-signals.js'

export type Holdoff = {
  /** Milliseconds without a change after which a burst is over. */
  readonly quiet: number
  /** Milliseconds after which the loop stops waiting although changes keep coming. */
  readonly limit: number
}

export class Changes {
  private pending = false
  /** When the first change came that was not read yet, and the first one that was read and is not served: ms since the epoch. */
  private unreadSince: number | undefined
  private readSince: number | undefined
  private wake: (() => void) | undefined

  constructor(private readonly clock: Clock) {}

  notify(): void {
    this.pending = true
    this.unreadSince ??= this.clock.now()
    this.wake?.()
  }

  /** Milliseconds since the epoch since when there is a change that NGINX does not serve; undefined if there is none. */
  get unservedSince(): number | undefined {
    return this.readSince ?? this.unreadSince
  }

  /** NGINX serves everything that was read. */
  noteServed(): void {
    this.readSince = undefined
  }

  /** Call this before reading: the reading includes all changes up to now, only later ones count. */
  reset(): void {
    this.pending = false
    this.readSince ??= this.unreadSince
    this.unreadSince = undefined
  }

  /** True as soon as there is a change; false after `milliseconds` without one, or when `signal` aborts. */
  async wait(milliseconds: number, signal: AbortSignal): Promise<boolean> {
    if (this.pending || signal.aborted) return this.pending
    return followSignals([signal], async (waiting) => {
      this.wake = () => waiting.abort()
      await this.clock.delay(milliseconds, waiting.signal)
      this.wake = undefined
      return this.pending
    })
  }

  /** After a change: resolves when no other change came for `quiet` milliseconds, and after `limit` milliseconds at the latest. */
  async debounce({quiet, limit}: Holdoff, signal: AbortSignal): Promise<void> {
    const deadline = this.clock.monotonic() + limit
    do {
      this.reset()
      const left = deadline - this.clock.monotonic()
      if (left <= 0) return
      await this.wait(Math.min(quiet, left), signal)
    } while (this.pending && !signal.aborted)
  }

  /**
   * After a change: runs `work` while it waits `quiet` milliseconds for another change. If one comes in that time, the signal of
   * `work` aborts and the result is undefined, as it is when `signal` aborts. Rejects as `work` does.
   */
  async runWhileQuiet<T>(
    quiet: number,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | undefined> {
    this.reset()
    return followSignals([signal], async (own) => {
      const [result] = await allEnded([work(own.signal), this.abortAfterChange(quiet, own)])
      return own.signal.aborted ? undefined : result
    })
  }

  private async abortAfterChange(quiet: number, own: AbortController): Promise<void> {
    await this.wait(quiet, own.signal)
    // The work may have blocked the event loop: let changes that arrived meanwhile be delivered first.
    await setImmediate()
    if (this.pending) own.abort()
  }
}
