/**
 * The states of a reflector, each with the data that belongs to it, and which state follows when one ends.
 *
 * | state         | does                                               | then                                             |
 * | ------------- | -------------------------------------------------- | ------------------------------------------------ |
 * | `listing`     | reads all objects                                  | `watching` from the position of the list         |
 * | `verifying`   | checks that the server still has the same history  | `watching` if it has, `listing` if it has not    |
 * | `watching`    | follows the changes, until the server or a failure ends it | `backing-off`                            |
 * | `backing-off` | waits, after any of the others has failed or ended | `next`                                           |
 */
import type {Failure} from '../../diagnostics/failure.js'
import {ApiFailure} from '../../kube/api-failure.js'
import {isOrdinary} from './retry-pacing.js'

/** A point in the history of the cluster: changes after it are not known yet. */
export type Position = {
  readonly resourceVersion: string
  /** Watches in a row from here that were opened and brought nothing. */
  readonly fruitless: number
}

export type ListingState = {readonly name: 'listing'}

/** The server may be another one than before, with another history. */
export type VerifyingState = {readonly name: 'verifying'; readonly position: Position}

export type WatchingState = {
  readonly name: 'watching'
  readonly position: Position
  /** True if the watch goes on from where an earlier one ended, false if it follows a list. */
  readonly resumed: boolean
  /** Monotonic time at which the server accepted the watch; absent until it does. */
  readonly openedAt?: number
}

export type BackingOffState = {
  readonly name: 'backing-off'
  /** Milliseconds. */
  readonly delay: number
  readonly next: ActiveState
}

/** A state in which something is asked of the API server. */
export type ActiveState = ListingState | VerifyingState | WatchingState

export type ReflectorState = ActiveState | BackingOffState

/** How a state ended: by a failure, or undefined if the server ended a watch in good order. */
export type StateEnd = {
  /** Milliseconds that the watch was open; 0 if it was not opened. */
  readonly lasted: number
  readonly failure: Failure | undefined
}

/** Watches in a row that may bring nothing before the list is repeated. */
const PATIENCE = 2

/** The state after the back-off that follows `state`, which ended as `end` says. */
export function stateAfter(state: ActiveState, end: StateEnd): ActiveState {
  if (state.name === 'listing') return state
  const {position} = state
  if (position.fruitless >= PATIENCE || isPastResuming(end.failure)) return {name: 'listing'}
  return isOrdinary(end) ? {name: 'watching', position, resumed: true} : {name: 'verifying', position}
}

/** Milliseconds that the watch is open at the monotonic time `now`; 0 if it is not. */
export function openFor(state: ActiveState, now: number): number {
  return state.name === 'watching' && state.openedAt !== undefined ? now - state.openedAt : 0
}

/** True if nothing is wrong but the position of a resumed watch: the server answers, but its history begins later. */
export function isPositionLost(state: ActiveState, failure: Failure | undefined): boolean {
  return failure?.code === 'api-gone' && state.name === 'watching' && state.resumed
}

/** The position is refused: it has been compacted away, or the kind or the right to watch it is gone. */
function isPastResuming(failure: Failure | undefined): boolean {
  if (failure?.code === 'api-gone' || failure?.code === 'api-too-much') return true
  const status = failure instanceof ApiFailure ? (failure.status ?? 0) : 0
  return status >= 400 && status < 500 && status !== 401 && status !== 429
}
