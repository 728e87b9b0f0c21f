/** Which Services have to be compared with what they should have. */
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

  /** From here on only later changes count. */
  take(): readonly string[] | 'all' {
    const taken = this.all ? 'all' : [...this.keys]
    this.all = false
    this.keys.clear()
    return taken
  }

  /** Resolves when there is something, after `milliseconds`, or when `signal` aborts. */
  async next(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.isAny || signal.aborted) return
    const over = new AbortController()
    const end = (): void => over.abort()
    this.wake = end
    signal.addEventListener('abort', end, {once: true})
    await this.clock.delay(milliseconds, over.signal)
    signal.removeEventListener('abort', end)
    this.wake = () => {}
  }
}
