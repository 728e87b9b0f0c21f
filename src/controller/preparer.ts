/** Prepares changes at the right time: after the holdoff, and when NGINX may be reloaded if the change needs that. */
import type {Clock} from '../util/clock.js'
import type {SnapshotReading, SnapshotSource, Trigger} from '../sources/snapshot-source.js'
import type {Changes, Holdoff} from './changes.js'
import type {Pacing} from './pacing.js'
import type {Reader} from './reader.js'
import {
  commitReconcile,
  prepareReconcile,
  type PreparedReconcile,
  type ReconcileDeps,
  type ReconcileOutcome,
} from './reconcile.js'
import type {DaemonStatus} from './status.js'
import {timeStep, type TimedResult} from './time-step.js'

export type PreparerDeps = ReconcileDeps & {
  readonly source: Pick<SnapshotSource, 'changesAreAtomic'>
  readonly clock: Clock
  readonly status: DaemonStatus
}

type PreparerParts = {
  readonly changes: Changes
  readonly pacing: Pacing
  readonly reader: Reader
  /** Reports what NGINX serves while the rest of a change waits for a reload. Returns the triggers of that rest. */
  readonly notePartlyServed: (outcome: ReconcileOutcome) => readonly Trigger[]
}

type Prepared = TimedResult<PreparedReconcile>

export class Preparer {
  constructor(
    private readonly deps: PreparerDeps,
    private readonly parts: PreparerParts,
    private readonly holdoff: Holdoff,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * A change whose commit is allowed now. Errors are part of the result: the caller reports them. `afterChange`: a change was
   * observed, and more may follow. Undefined if lbex is asked to stop.
   *
   * If NGINX can change servers without a reload, that part of a change is committed here, before a reload for the rest is even
   * tested: a reload that fails, however often, must not keep servers of other Services from changing.
   */
  async prepare(afterChange: boolean): Promise<Prepared | undefined> {
    const early = afterChange ? await this.prepareEarly() : undefined
    if (!early && afterChange) await this.parts.changes.debounce(this.holdoff, this.signal)
    if (!early && !this.isLive) await this.parts.pacing.waitForReload(this.signal)
    if (this.signal.aborted) return undefined
    return this.finishDeferred(early ?? (await this.prepareNow(this.signal)))
  }

  /** True if NGINX can change servers without a reload, so that a change of servers does not have to wait for one. */
  private get isLive(): boolean {
    return this.deps.nginx.live() !== undefined
  }

  /** Prepares a change during the holdoff; undefined if another change came, or if no reload is allowed yet. */
  private async prepareEarly(): Promise<Prepared | undefined> {
    const {pacing, changes} = this.parts
    const mayCommit = this.isLive || pacing.mayReload()
    if (!this.deps.source.changesAreAtomic || !mayCommit || !pacing.mayPrepareEarly()) return undefined
    const {quiet} = this.holdoff
    const prepared = await changes.runWhileQuiet(quiet, this.signal, (own) => this.prepareNow(own))
    if (prepared) return prepared
    pacing.noteDiscard()
    this.deps.log.debug('prepared change discarded: another change followed')
    return undefined
  }

  private async prepareNow(signal: AbortSignal): Promise<Prepared> {
    const {changes, reader} = this.parts
    changes.reset()
    let reading: SnapshotReading
    try {
      reading = await reader.read(signal)
    } catch (error) {
      return {took: 0, error}
    }
    return timeStep(this.deps, 0, () => prepareReconcile(this.deps, reading, signal, {reload: !this.isLive}))
  }

  /** While a part of the change waits for a reload, servers go live at once, also those of later changes. */
  private async finishDeferred(first: Prepared): Promise<Prepared | undefined> {
    let prepared = first
    while ('value' in prepared && prepared.value.change.deferred) {
      const {value, took} = prepared
      const live = await timeStep(this.deps, took, () => commitReconcile(this.deps, value, this.signal))
      if ('error' in live) return live
      const reading = {...value.reading, triggers: this.parts.notePartlyServed(live.value)}
      const isDue = await this.untilReloadOrChange()
      if (this.signal.aborted) return undefined
      prepared = await (isDue ? this.prepareReload(reading, live.took) : this.prepareNow(this.signal))
    }
    return prepared
  }

  /** True when NGINX may be reloaded; false after another change, or if lbex is asked to stop. */
  private async untilReloadOrChange(): Promise<boolean> {
    const {changes, pacing} = this.parts
    while (!pacing.mayReload() && !this.signal.aborted) {
      if (!(await changes.wait(pacing.untilReload(), this.signal))) continue
      await changes.debounce(this.holdoff, this.signal)
      return false
    }
    return !this.signal.aborted
  }

  /** The rest of a change. Not a newer one: that stays pending, so that its servers do not wait for the end of this reload. */
  private prepareReload(reading: SnapshotReading, took: number): Promise<Prepared> {
    return timeStep(this.deps, took, () => prepareReconcile(this.deps, reading, this.signal))
  }
}
