/** Reports what NGINX serves: after each reconcile, and while a part of a change waits for a reload. */
import type {DataPlane} from '../dataplane/data-plane.js'
import type {Diagnostic} from '../diagnostics/diagnostic.js'
import type {Logger} from '../util/logger.js'
import {DiagnosticsLog} from './diagnostics-log.js'
import {partialOutcome} from './partial-outcome.js'
import type {ReconcileOutcome} from './reconcile.js'

export type ReportDeps = {
  readonly nginx: Pick<DataPlane, 'leftOut'>
  readonly log: Logger
  /**
   * Called while a part of a change waits for a reload: the outcome has the Services that wait as they were, and all others as they
   * are now. Not called before the first complete reconcile.
   */
  readonly onPartlyServed?: ((outcome: ReconcileOutcome) => void) | undefined
}

export class Reports {
  private readonly log: DiagnosticsLog
  /** What was reported last. */
  private served: ReconcileOutcome | undefined

  constructor(private readonly deps: ReportDeps) {
    this.log = new DiagnosticsLog(deps.log)
  }

  /** NGINX serves all of `outcome`. */
  noteServed(outcome: ReconcileOutcome): void {
    this.served = outcome
    this.log.update(outcome.diagnostics)
  }

  /** NGINX serves `outcome`, except for what waits for a reload. False if it is not known what that is. */
  notePartlyServed(outcome: ReconcileOutcome): boolean {
    const {waiting} = outcome.applied
    if (!waiting || !this.served) return false
    this.served = partialOutcome(this.served, outcome, waiting)
    this.log.update(this.served.diagnostics)
    this.deps.onPartlyServed?.(this.served)
    return true
  }

  /** Without a reconcile, only the data plane knows what is left out. */
  noteLeftOut(): void {
    this.log.update([...this.diagnostics, ...this.deps.nginx.leftOut()])
  }

  private get diagnostics(): readonly Diagnostic[] {
    return this.served?.diagnostics ?? []
  }
}
