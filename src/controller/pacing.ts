/** Keeps reloads apart: at once when the last one is long ago, later while changes keep coming, or old workers pile up. */
import type {DataPlane} from '../dataplane/data-plane.js'
import type {Clock} from '../util/clock.js'
import type {Logger} from '../util/logger.js'

export type PacingDeps = {
  readonly nginx: Pick<DataPlane, 'reloadPressure' | 'status'>
  readonly clock: Clock
  readonly log: Logger
}

/** Milliseconds in which nothing is prepared early after a change was prepared in vain. */
const IN_VAIN = 1000

/** Milliseconds after which a wait looks whether it is still called for. */
const LOOK = 1000

export class Pacing {
  /** When the last reconcile ended that reloaded NGINX, or tried to. */
  private lastEffort = -Infinity
  /** When a prepared change was dropped because another one came. */
  private inVainAt = -Infinity
  /** True while reloads are further apart than usual. */
  private stretched = false

  /** `reloadInterval`: least time between two reloads, milliseconds. */
  constructor(
    private readonly deps: PacingDeps,
    private readonly reloadInterval: number,
  ) {}

  /** A reconcile has ended that reloaded NGINX, or tried to. */
  noteEffort(): void {
    this.lastEffort = this.deps.clock.monotonic()
  }

  /** A prepared change was dropped because another one came. */
  noteInVain(): void {
    this.inVainAt = this.deps.clock.monotonic()
  }

  /** True if a reload may come now, and what is prepared for it is unlikely to be dropped. */
  mayPrepareEarly(): boolean {
    return this.left() <= 0 && this.deps.clock.monotonic() >= this.inVainAt + IN_VAIN
  }

  /** Resolves when the next reload may come, or when `signal` aborts. */
  async keepApart(signal: AbortSignal): Promise<void> {
    for (let left = this.left(); left > 0 && !signal.aborted; left = this.left()) {
      await this.deps.clock.delay(Math.min(left, LOOK), signal)
    }
  }

  /** Milliseconds until the next reload may come. */
  private left(): number {
    return this.lastEffort + this.interval() - this.deps.clock.monotonic()
  }

  private interval(): number {
    const pressure = this.deps.nginx.reloadPressure()
    this.tell(pressure > this.reloadInterval, pressure)
    return Math.max(this.reloadInterval, pressure)
  }

  private tell(stretched: boolean, pressure: number): void {
    if (stretched === this.stretched) return
    this.stretched = stretched
    const {nginx, log} = this.deps
    const {oldWorkers} = nginx.status()
    if (stretched)
      log.warn('reload interval increased: old workers still hold connections', {
        oldWorkers,
        interval: pressure,
      })
    else log.info('reload interval back to normal', {oldWorkers})
  }
}
