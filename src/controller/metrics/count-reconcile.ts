/** Counts reconciles, and how long changes of endpoints took until they were served. */
import type {FinishedReconcile} from '../loop.js'
import {ReadFailure, type Outcome} from '../reconcile.js'
import type {ReconcileResult} from './catalogue.js'
import type {Instruments} from './instruments.js'
import {refId, servedIds} from './outcome-view.js'

/** `now`: milliseconds since the epoch. */
export function countReconcile(instruments: Instruments, finished: FinishedReconcile, now: number): void {
  const {reconciles, reconcileDuration, lastApplyTime} = instruments
  const result = resultOf(finished)
  reconciles.inc({result})
  if (result !== 'read_failed') reconcileDuration.observe({result}, finished.duration / 1000)
  if (!('outcome' in finished)) return
  lastApplyTime.set(now / 1000)
  observeLatencies(instruments, finished.outcome, now)
}

function resultOf(finished: FinishedReconcile): ReconcileResult {
  if ('outcome' in finished) return finished.outcome.applied.changed ? 'applied' : 'unchanged'
  return finished.failure instanceof ReadFailure ? 'read_failed' : 'failed'
}

/** Endpoints of Services that lbex does not serve are not counted. The clock of the cluster may be ahead of ours. */
function observeLatencies({programmingLatency}: Instruments, outcome: Outcome, now: number): void {
  if (outcome.triggers.length === 0) return
  const served = servedIds(outcome)
  for (const {service, at} of outcome.triggers) {
    if (served.has(refId(service))) programmingLatency.observe(Math.max(0, now - at) / 1000)
  }
}
