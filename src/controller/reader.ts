/** Reads the source for the loop. Until the first apply, a slow or failed read makes NGINX serve the configuration of an earlier lbex. */
import type {DataPlane} from '../dataplane/data-plane.js'
import type {ObjectRef} from '../diagnostics/diagnostic.js'
import {Failure, UnexpectedFailure} from '../diagnostics/failure.js'
import type {SnapshotReading, SnapshotSource, Trigger} from '../sources/snapshot-source.js'
import type {Clock} from '../util/clock.js'
import type {Logger} from '../util/logger.js'
import {ReadFailure, readSource} from './reconcile.js'
import type {DaemonStatus} from './status.js'
import {PendingTriggers} from './pending-triggers.js'

export type ReaderDeps = {
  readonly source: Pick<SnapshotSource, 'read'>
  readonly nginx: Pick<DataPlane, 'resume'>
  readonly status: DaemonStatus
  readonly clock: Clock
  readonly log: Logger
}

/** Milliseconds that the first read may take before NGINX serves the configuration of an earlier lbex. */
const SLOW = 2000

export class Reader {
  private readonly triggers = new PendingTriggers()

  /** `ending` aborts when lbex is asked to stop. */
  constructor(
    private readonly deps: ReaderDeps,
    private readonly ending: AbortSignal,
  ) {}

  /**
   * The current state of the source, with the triggers of all changes that are not served yet. Rejects with a ReadFailure. Rejects
   * with any other error as it is while nothing is served.
   */
  async read(signal: AbortSignal): Promise<SnapshotReading> {
    const reading = await readSource({read: (given) => this.readKnown(given)}, signal)
    this.deps.status.readFailure = undefined
    return {...reading, triggers: this.triggers.add(reading.triggers ?? [])}
  }

  /** NGINX now serves what was read last, except for the Services of `waiting`. Returns the triggers that are left. */
  noteServed(waiting: readonly ObjectRef[] = []): readonly Trigger[] {
    return this.triggers.keepOf(waiting)
  }

  /** True if the loop continues after a failed reconcile: something is served, or a retry may help. */
  async canContinue(error: Failure): Promise<boolean> {
    const {status} = this.deps
    if (this.isServing()) return true
    if (!error.temporary || !(error instanceof ReadFailure)) return error.temporary
    await this.resume()
    return status.resumed || this.ending.aborted
  }

  private async readKnown(signal: AbortSignal): Promise<SnapshotReading> {
    const {source, status} = this.deps
    try {
      return await (status.synced ? source.read(signal) : this.readFirst(signal))
    } catch (error) {
      const isKnown = error instanceof Failure || signal.aborted
      throw isKnown || !this.isServing() ? error : new UnexpectedFailure(error)
    }
  }

  private async readFirst(signal: AbortSignal): Promise<SnapshotReading> {
    const {source, status, clock} = this.deps
    const reading = source.read(signal)
    // Awaited below; without this, a rejection before that would count as unhandled.
    reading.catch(() => {})
    const inTime = new AbortController()
    const slow = clock.delay(SLOW, inTime.signal).then(() => true)
    const isSlow = await Promise.race([reading.then(() => false), slow]).finally(() => inTime.abort())
    if (isSlow && !status.resumed) await this.resume()
    return reading
  }

  private isServing(): boolean {
    const {synced, resumed} = this.deps.status
    return synced || resumed
  }

  private async resume(): Promise<void> {
    const {status, nginx, log} = this.deps
    status.resumed = await nginx.resume(this.ending).catch((error: unknown) => {
      if (this.ending.aborted) return false
      throw error
    })
    if (status.resumed) log.warn('the last good configuration is served until the cluster can be read')
  }
}
