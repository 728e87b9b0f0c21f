import type {Clock} from '../../src/util/clock.js'

/** A clock on which nobody waits: a delay is over at once, and the time is later. */
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
