/** Time that stands still until a test moves it. */
import type {Clock} from '../../../src/util/clock.js'

type Timer = {readonly due: number; readonly fire: () => void}

export class FakeClock implements Clock {
  private time = 0
  private timers: Timer[] = []

  now(): number {
    return this.time
  }

  monotonic(): number {
    return this.time
  }

  delay(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const end = (): void => {
        this.timers = this.timers.filter((other) => other !== timer)
        signal?.removeEventListener('abort', end)
        resolve()
      }
      const timer: Timer = {due: this.time + milliseconds, fire: end}
      this.timers.push(timer)
      signal?.addEventListener('abort', end)
    })
  }

  /** Lets `milliseconds` pass: each timer fires at its time, and what follows from it has happened before the next. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds
    await settled()
    for (let timer = this.nextDue(end); timer; timer = this.nextDue(end)) {
      this.time = Math.max(this.time, timer.due)
      timer.fire()
      await settled()
    }
    this.time = end
    await settled()
  }

  private nextDue(end: number): Timer | undefined {
    return this.timers.filter(({due}) => due <= end).sort((a, b) => a.due - b.due)[0]
  }
}

/** Everything that needs no time has happened. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 3; round += 1) await new Promise((resolve) => setImmediate(resolve))
}
