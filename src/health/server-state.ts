/** Whether one server is used: counts the results of its probes. */
import type {FailedCheck} from '../core/model/host-state.js'
import type {ProbeResult} from './probe-result.js'

export type Thresholds = {readonly rise: number; readonly fall: number}

/** Milliseconds. A server that changes too often within this time is flapping. */
const FLAP_WINDOW = 60_000

/** More changes than this within FLAP_WINDOW are flapping. */
const MOST_CHANGES = 6

export type ServerState = {
  /** Absent while the server is used. */
  readonly failed?: FailedCheck
  /** Results in a row that contradict the state. */
  readonly streak: number
  /** Monotonic time when the first probe of the streak ended; meaningless if the streak is 0. */
  readonly streakSince: number
  /** Monotonic times when the state changed within the last minute. */
  readonly changes: readonly number[]
}

/** A server is used until its probes fail: lbex does not know yet whether they do. */
export const NEW_SERVER: ServerState = {streak: 0, streakSince: 0, changes: []}

/** The same moment by two clocks, in milliseconds: `now` since the epoch, which may jump, and `monotonic`. */
export type Moment = {readonly now: number; readonly monotonic: number}

/**
 * The state after a probe that ended at a moment.
 *
 *  state   | result  | next state
 *  used    | failure | failing after `fall` in a row
 *  failing | success | used after `rise` in a row; if it is flapping, also a minute after the first of them
 *  either  | other   | unchanged, and the count starts again
 */
export function afterProbe(
  state: ServerState,
  result: ProbeResult,
  {now, monotonic}: Moment,
  {rise, fall}: Thresholds,
): ServerState {
  const {failed} = state
  if (result.ok !== (failed !== undefined)) return {...state, streak: 0}
  const streak = state.streak + 1
  const streakSince = streak === 1 ? monotonic : state.streakSince
  const counted = {...state, streak, streakSince}
  if (result.ok) {
    const isQuiet = !failed?.flapping || monotonic - streakSince >= FLAP_WINDOW
    return streak >= rise && isQuiet ? {...NEW_SERVER, changes: changesAt(state, monotonic)} : counted
  }
  if (streak < fall) return counted
  const changes = changesAt(state, monotonic)
  const flapping = changes.length > MOST_CHANGES
  return {...NEW_SERVER, changes, failed: {reason: result.reason, since: now, flapping}}
}

function changesAt({changes}: ServerState, now: number): readonly number[] {
  return [...changes, now].filter((time) => now - time < FLAP_WINDOW)
}
