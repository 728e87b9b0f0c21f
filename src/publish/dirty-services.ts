/** The Services whose actual state must be compared with the desired state. */
import type {Clock} from '../util/clock.js'

export class DirtyServices {
  private readonly keys = new Set<string>()
  private all = false
  private wake: () => void = () => {}

  constructor(private readonly clock: Clock) {}

  get isAll(): boolean {
    return this.all
  }

  get isAny(): boolean {
    return this.all || this.keys.size > 0
  }

  touch(key: string): void {
    if (!this.all) this.keys.add(key)
    this.wake()
  }

  touchAll(): void {
    this.all = true
    this.keys.clear()
    this.wake()
  }

  /** Returns the dirty Services and clears them. */
  take(): readonly string[] | 'all' {
    const taken = this.all ? 'all' : [...this.keys]
    this.all = false
    this.keys.clear()
    return taken
  }

  /** Resolves when a Service is dirty, after `milliseconds`, or when `signal` aborts. */
  async next(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.isAny || signal.aborted) return
    const done = new AbortController()
    const end = (): void => done.abort()
    this.wake = end
    signal.addEventListener('abort', end, {once: true})
    await this.clock.delay(milliseconds, done.signal)
    signal.removeEventListener('abort', end)
    this.wake = () => {}
  }
}
