/** Counts turns, and how long changes of endpoints took until they were served. */
import type {Turn} from '../loop.js'
import {ReadFailure, type Outcome} from '../reconcile.js'
import type {TurnResult} from './catalogue.js'
import type {Instruments} from './instruments.js'
import {refId, servedIds} from './outcome-view.js'

/** `now`: milliseconds since the epoch. */
export function countTurn(instruments: Instruments, turn: Turn, now: number): void {
  const {turns, turnDuration, lastApplyTime} = instruments
  const result = resultOf(turn)
  turns.inc({result})
  if (result !== 'unread') turnDuration.observe({result}, turn.duration / 1000)
  if (!('outcome' in turn)) return
  lastApplyTime.set(now / 1000)
  observeLatencies(instruments, turn.outcome, now)
}

function resultOf(turn: Turn): TurnResult {
  if ('outcome' in turn) return turn.outcome.applied.changed ? 'applied' : 'unchanged'
  return turn.failure instanceof ReadFailure ? 'unread' : 'failed'
}

/** Other Services have endpoints too: they are none of our business. The clock of the cluster may be ahead of ours. */
function observeLatencies({programmingLatency}: Instruments, outcome: Outcome, now: number): void {
  if (outcome.triggers.length === 0) return
  const served = servedIds(outcome)
  for (const {service, at} of outcome.triggers) {
    if (served.has(refId(service))) programmingLatency.observe(Math.max(0, now - at) / 1000)
  }
}
