/** A signal that aborts with a Failure when a time limit expires, or when the caller's signal aborts. */
import type {Failure} from '../diagnostics/failure.js'
import type {Clock} from '../util/clock.js'

export class Deadline {
  private readonly controller = new AbortController()
  private readonly follow = (): void => {
    this.waiting?.abort()
    this.controller.abort(this.outer.reason)
  }
  private waiting: AbortController | undefined
  private wakesAt = Infinity
  private due = Infinity
  private failure: (() => Failure) | undefined

  constructor(
    private readonly clock: Clock,
    private readonly outer: AbortSignal,
  ) {
    if (outer.aborted) this.follow()
    else outer.addEventListener('abort', this.follow, {once: true})
  }

  get signal(): AbortSignal {
    return this.controller.signal
  }

  /**
   * Sets the limit to `milliseconds` from now, instead of the one before. Extending it is cheap: a watch does so with each
   * line.
   */
  within(milliseconds: number, failure: () => Failure): void {
    this.due = this.clock.monotonic() + milliseconds
    this.failure = failure
    if (this.due < this.wakesAt) this.sleep()
  }

  /** Settles as `work` does, or rejects when the signal aborts; the work itself continues. */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const abort = (): void => reject(this.signal.reason as Error)
      if (this.signal.aborted) abort()
      this.signal.addEventListener('abort', abort, {once: true})
      work.then(resolve, reject).finally(() => this.signal.removeEventListener('abort', abort))
    })
  }

  /** Must be called in any case: it stops the timer. */
  end(): void {
    this.waiting?.abort()
    this.outer.removeEventListener('abort', this.follow)
  }

  private sleep(): void {
    const waiting = new AbortController()
    this.waiting?.abort()
    this.waiting = waiting
    this.wakesAt = this.due
    const wake = (): void => {
      if (!waiting.signal.aborted) this.wake()
    }
    void this.clock.delay(this.due - this.clock.monotonic(), waiting.signal).then(wake)
  }

  private wake(): void {
    if (this.clock.monotonic() < this.due) this.sleep()
    else this.controller.abort(this.failure?.())
  }
}
