/** Counts reconciles, and how long changes of endpoints took until they were served. */
import type {Reconciliation} from '../loop.js'
import {ReadFailure, type Outcome} from '../reconcile.js'
import type {ReconcileResult} from './catalogue.js'
import type {Instruments} from './instruments.js'
import {refId, servedIds} from './outcome-view.js'

/** `now`: milliseconds since the epoch. */
export function countReconciliation(
  instruments: Instruments,
  reconciliation: Reconciliation,
  now: number,
): void {
  const {reconciles, reconcileDuration, lastApplyTime} = instruments
  const result = resultOf(reconciliation)
  reconciles.inc({result})
  if (result !== 'unread') reconcileDuration.observe({result}, reconciliation.duration / 1000)
  if (!('outcome' in reconciliation)) return
  lastApplyTime.set(now / 1000)
  observeLatencies(instruments, reconciliation.outcome, now)
}

function resultOf(reconciliation: Reconciliation): ReconcileResult {
  if ('outcome' in reconciliation) return reconciliation.outcome.applied.changed ? 'applied' : 'unchanged'
  return reconciliation.failure instanceof ReadFailure ? 'unread' : 'failed'
}

/** Endpoints of Services that lbex does not serve are not counted. The clock of the cluster may be ahead of ours. */
function observeLatencies({programmingLatency}: Instruments, outcome: Outcome, now: number): void {
  if (outcome.triggers.length === 0) return
  const served = servedIds(outcome)
  for (const {service, at} of outcome.triggers) {
    if (served.has(refId(service))) programmingLatency.observe(Math.max(0, now - at) / 1000)
  }
}
