/** Limits how many items run at a time, and shares the slots fairly between namespaces. */

type Share<T> = {running: number; readonly waiting: Set<T>}

/**
 * A namespace has at most 1/(n + 1) of the slots, where n is the number of namespaces that have an item running or waiting. So
 * one whose servers never answer leaves slots for the others, and for the next one that comes.
 */
export class FairSlots<T> {
  private readonly shares = new Map<string, Share<T>>()
  /** The shares with waiting items; the next in turn is first. */
  private readonly turns = new Map<string, Share<T>>()
  private total = 0

  /** `start` is called for each item, at once or when a slot is free. The caller calls `release` when the item ends, but not before `start` returns. */
  constructor(
    private readonly size: number,
    private readonly start: (item: T) => void,
  ) {}

  get running(): number {
    return this.total
  }

  /** Items that wait for a slot. */
  get waiting(): number {
    return [...this.turns.values()].reduce((sum, share) => sum + share.waiting.size, 0)
  }

  add(namespace: string, item: T): void {
    const share = this.shares.get(namespace) ?? {running: 0, waiting: new Set()}
    this.shares.set(namespace, share)
    share.waiting.add(item)
    this.turns.set(namespace, share)
    if (this.canStart(share)) this.startNext(namespace, share)
  }

  /** An item that was started has ended. */
  release(namespace: string): void {
    const share = this.shares.get(namespace)
    if (!share) return
    share.running -= 1
    this.total -= 1
    this.forgetIdle(namespace, share)
    this.startWaiting()
  }

  /** Forgets an item that has not started. */
  drop(namespace: string, item: T): void {
    const share = this.shares.get(namespace)
    if (!share?.waiting.delete(item)) return
    if (share.waiting.size === 0) this.turns.delete(namespace)
    this.forgetIdle(namespace, share)
  }

  /** More than one, because the limit grows when a namespace has become idle. */
  private startWaiting(): void {
    let started = 0
    for (const [namespace, share] of this.turns) {
      if (started === 2) return
      if (!this.canStart(share)) continue
      this.startNext(namespace, share)
      started += 1
    }
  }

  private canStart({running}: Share<T>): boolean {
    const limit = Math.floor(this.size / (this.shares.size + 1))
    return this.total < this.size && running < Math.max(1, limit)
  }

  private startNext(namespace: string, share: Share<T>): void {
    const {value: item, done} = share.waiting.values().next()
    this.turns.delete(namespace)
    if (done) return
    share.waiting.delete(item)
    if (share.waiting.size > 0) this.turns.set(namespace, share)
    share.running += 1
    this.total += 1
    this.start(item)
  }

  private forgetIdle(namespace: string, share: Share<T>): void {
    if (share.running === 0 && share.waiting.size === 0) this.shares.delete(namespace)
  }
}
