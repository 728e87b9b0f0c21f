/** Remembers that something changed until the loop has time for it, and gathers what comes in a burst. */
import type {Clock} from '../runtime/clock.js'
import {followSignals} from '../runtime/follow-signals.js'

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
}
