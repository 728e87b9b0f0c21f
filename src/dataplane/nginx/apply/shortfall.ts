/** What a restart had to leave out of what was asked for: known until the next apply, announced, and tried again. */
import {isDeepStrictEqual} from 'node:util'
import type {Diagnostic} from '../../../diagnostics/diagnostic.js'
import type {Clock} from '../../../util/clock.js'

export class Shortfall {
  private current: readonly Diagnostic[] = []
  private retryAt = Infinity
  private announce: () => void = () => {}

  /** `every`: milliseconds between two tries. */
  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    private readonly every: number,
  ) {}

  get diagnostics(): readonly Diagnostic[] {
    return this.current
  }

  /** True when it is time to try again. */
  get due(): boolean {
    return this.clock.monotonic() >= this.retryAt
  }

  /** Has `listener` called whenever something else is left out than before. */
  onChange(listener: () => void): void {
    this.announce = listener
  }

  /** A restart, or another try, left out what these diagnostics say. */
  update(diagnostics: readonly Diagnostic[]): void {
    this.retryAt = diagnostics.length > 0 ? this.clock.monotonic() + this.every : Infinity
    if (isDeepStrictEqual(diagnostics, this.current)) return
    this.current = diagnostics
    this.announce()
  }

  /** A try failed. */
  postpone(): void {
    this.retryAt = this.clock.monotonic() + this.every
  }

  /** An apply takes over: it reports what it leaves out itself. */
  clear(): void {
    this.current = []
    this.retryAt = Infinity
  }
}
