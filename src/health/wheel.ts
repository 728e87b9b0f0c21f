/** Items by the tick (100 ms) at which they are due, so that thousands of them need one timer. */

/** Milliseconds. */
export const TICK = 100

export class Wheel<T> {
  private readonly ticks = new Map<number, Set<T>>()
  private readonly tickOf = new Map<T, number>()
  private last: number

  /** `now` is in milliseconds, as for the other methods. */
  constructor(now: number) {
    this.last = toTick(now)
  }

  /** An item is due once; call `remove` first if it is here already. */
  put(item: T, time: number): void {
    const tick = Math.max(this.last, toTick(time))
    this.tickOf.set(item, tick)
    const items = this.ticks.get(tick)
    if (items) items.add(item)
    else this.ticks.set(tick, new Set([item]))
  }

  remove(item: T): void {
    const tick = this.tickOf.get(item)
    if (tick === undefined) return
    this.tickOf.delete(item)
    const items = this.ticks.get(tick)
    items?.delete(item)
    if (items?.size === 0) this.ticks.delete(tick)
  }

  /** Removes and returns the items that are due. */
  due(now: number): T[] {
    const found: T[] = []
    const current = toTick(now)
    for (; this.last <= current; this.last += 1) {
      for (const item of this.ticks.get(this.last) ?? []) {
        this.tickOf.delete(item)
        found.push(item)
      }
      this.ticks.delete(this.last)
    }
    return found
  }
}

function toTick(time: number): number {
  return Math.floor(time / TICK)
}
