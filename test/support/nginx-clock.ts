import type {Clock} from '../../src/util/clock.js'

/** A clock without waiting: a delay ends at once, and advances the time. */
export class SteppingClock implements Clock {
  readonly delays: number[] = []

  constructor(private time = 0) {}

  now(): number {
    return this.time
  }

  monotonic(): number {
    return this.time
  }

  advance(milliseconds: number): void {
    this.time += milliseconds
  }

  async delay(milliseconds: number): Promise<void> {
    this.delays.push(milliseconds)
    this.time += milliseconds
    await new Promise((resolve) => setImmediate(resolve))
  }
}
