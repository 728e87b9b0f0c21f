/** What a restart had to leave out: kept until the next apply, reported to a listener, and retried. */
import {isDeepStrictEqual} from 'node:util'
import type {Diagnostic} from '../../../diagnostics/diagnostic.js'
import type {Clock} from '../../../util/clock.js'

export class Shortfall {
  private current: readonly Diagnostic[] = []
  private retryAt = Infinity
  private notify: () => void = () => {}

  /** `every`: milliseconds between two retries. */
  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly every: number,
  ) {}

  get diagnostics(): readonly Diagnostic[] {
    return this.current
  }

  /** True when it is time for a retry. */
  get due(): boolean {
    return this.clock.monotonic() >= this.retryAt
  }

  /** Calls `listener` whenever something else is left out than before. */
  onChange(listener: () => void): void {
    this.notify = listener
  }

  /** A restart or a retry left out what these diagnostics say. */
  update(diagnostics: readonly Diagnostic[]): void {
    this.retryAt = diagnostics.length > 0 ? this.clock.monotonic() + this.every : Infinity
    if (isDeepStrictEqual(diagnostics, this.current)) return
    this.current = diagnostics
    this.notify()
  }

  /** A retry failed. */
  postpone(): void {
    this.retryAt = this.clock.monotonic() + this.every
  }

  /** A commit replaces this, and reports what it leaves out itself. */
  clear(): void {
    this.current = []
    this.retryAt = Infinity
  }
}
