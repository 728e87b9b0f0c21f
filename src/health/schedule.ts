/**
 * When each target is due. Targets are kept by tick (100 ms), so that thousands of them need one timer, and a new target starts
 * at a random tick of its interval, so that their probes spread evenly.
 */

/** Milliseconds. */
export const TICK = 100

/** Part of the interval by which each probe is earlier or later at random. */
const JITTER = 0.1

export type Scheduled = {readonly interval: number}

export class Schedule<T extends Scheduled> {
  private readonly ticks = new Map<number, Set<T>>()
  private readonly tickOf = new Map<T, number>()
  private last: number

  /** `random` returns numbers from 0 up to 1; `now` is in milliseconds, as for the other methods. */
  constructor(
    private readonly random: () => number,
    now: number,
  ) {
    this.last = toTick(now)
  }

  /** Schedules the first probe of a target. */
  add(target: T, now: number): void {
    this.put(target, now + this.random() * target.interval)
  }

  /** Schedules the next probe of a target whose last probe started at `started`. */
  again(target: T, started: number, now: number): void {
    const jitter = 1 + (this.random() * 2 - 1) * JITTER
    this.put(target, Math.max(now, started + target.interval * jitter))
  }

  remove(target: T): void {
    const tick = this.tickOf.get(target)
    if (tick === undefined) return
    this.tickOf.delete(target)
    const targets = this.ticks.get(tick)
    targets?.delete(target)
    if (targets?.size === 0) this.ticks.delete(tick)
  }

  /** Removes and returns the targets that are due. */
  due(now: number): T[] {
    const found: T[] = []
    const current = toTick(now)
    for (; this.last <= current; this.last += 1) {
      for (const target of this.ticks.get(this.last) ?? []) {
        this.tickOf.delete(target)
        found.push(target)
      }
      this.ticks.delete(this.last)
    }
    return found
  }

  private put(target: T, time: number): void {
    const tick = Math.max(this.last, toTick(time))
    this.tickOf.set(target, tick)
    const targets = this.ticks.get(tick)
    if (targets) targets.add(target)
    else this.ticks.set(tick, new Set([target]))
  }
}

function toTick(time: number): number {
  return Math.floor(time / TICK)
}
