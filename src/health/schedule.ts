/** When each target is due. A new target starts at a random tick of its interval, so that the probes spread evenly. */
import {Wheel} from './wheel.js'

/** Part of the interval by which each probe is earlier or later at random. */
const JITTER = 0.1

export type Scheduled = {readonly interval: number}

export class Schedule<T extends Scheduled> {
  private readonly wheel: Wheel<T>

  /** `random` returns numbers from 0 up to 1; `now` is in milliseconds, as for the other methods. */
  constructor(
    private readonly random: () => number,
    now: number,
  ) {
    this.wheel = new Wheel(now)
  }

  /** Schedules the first probe of a target. */
  add(target: T, now: number): void {
    this.wheel.put(target, now + this.random() * target.interval)
  }

  /** Schedules the next probe of a target whose last probe started at `started`. */
  again(target: T, started: number, now: number): void {
    const jitter = 1 + (this.random() * 2 - 1) * JITTER
    this.wheel.put(target, Math.max(now, started + target.interval * jitter))
  }

  remove(target: T): void {
    this.wheel.remove(target)
  }

  /** Removes and returns the targets that are due. */
  due(now: number): T[] {
    return this.wheel.due(now)
  }
}
