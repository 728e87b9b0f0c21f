/** Remembers that something changed until the loop has time for it, and gathers what comes in a burst. */
import {setImmediate} from 'node:timers/promises'
import {allEnded} from '../util/all-ended.js'
import type {Clock} from '../util/clock.js'
import {followSignals} from '../util/follow-signals.js'

export type Holdoff = {
  /** Milliseconds without a change after which a burst is over. */
  readonly quiet: number
  /** Milliseconds after which a steady stream of changes is not waited for any longer. */
  readonly limit: number
}

export class Changes {
  private pending = false
  private wake: (() => void) | undefined

  constructor(private readonly clock: Clock) {}

  notify(): void {
    this.pending = true
    this.wake?.()
  }

  /** What is known by now is about to be read: only later changes count from here on. */
  forget(): void {
    this.pending = false
  }

  /** True as soon as there is a change; false after `milliseconds` without one, or when `signal` aborts. */
  async next(milliseconds: number, signal: AbortSignal): Promise<boolean> {
    if (this.pending || signal.aborted) return this.pending
    return followSignals([signal], async (waiting) => {
      this.wake = () => waiting.abort()
      await this.clock.delay(milliseconds, waiting.signal)
      this.wake = undefined
      return this.pending
    })
  }

  /** After a change: resolves when no other has come for a while, or when they do not stop coming. */
  async settle({quiet, limit}: Holdoff, signal: AbortSignal): Promise<void> {
    const deadline = this.clock.monotonic() + limit
    do {
      this.forget()
      const left = deadline - this.clock.monotonic()
      if (left <= 0) return
      await this.next(Math.min(quiet, left), signal)
    } while (this.pending && !signal.aborted)
  }

  /**
   * After a change: runs `work` while it waits `quiet` milliseconds for another one. If one comes in that time, the signal of
   * `work` aborts, and the result is undefined, as it is when `signal` aborts. Rejects as `work` does.
   */
  async whileQuiet<T>(
    quiet: number,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | undefined> {
    this.forget()
    return followSignals([signal], async (own) => {
      const [result] = await allEnded([work(own.signal), this.abortAfterChange(quiet, own)])
      return own.signal.aborted ? undefined : result
    })
  }

  private async abortAfterChange(quiet: number, own: AbortController): Promise<void> {
    await this.next(quiet, own.signal)
    // The work may have kept the event loop busy: what came meanwhile is heard first.
    await setImmediate()
    if (this.pending) own.abort()
  }
}
