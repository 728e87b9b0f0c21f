/**
 * The states of a reflector with their data, and the transitions between them.
 *
 * | state         | does                                               | then                                             |
 * | ------------- | -------------------------------------------------- | ------------------------------------------------ |
 * | `listing`     | reads all objects                                  | `watching` from the position of the list         |
 * | `verifying`   | checks that the server still has the same history  | `watching` if it has, `listing` if it has not    |
 * | `watching`    | applies changes until the server or a failure ends it | `backing-off`                            |
 * | `backing-off` | waits, after any of the others has failed or ended | `next`                                           |
 */
import type {Failure} from '../../diagnostics/failure.js'
import {ApiFailure} from '../../kube/api-failure.js'
import {isRegularEnd} from './retry-pacing.js'

/** A point in the history of the cluster, from which a watch continues. */
export type Position = {
  readonly resourceVersion: string
  /** Number of consecutive watches from here that ended without an event. */
  readonly fruitless: number
}

export type ListingState = {readonly name: 'listing'}

/** Checks whether the server still has the same history: it may have been replaced. */
export type VerifyingState = {readonly name: 'verifying'; readonly position: Position}

export type WatchingState = {
  readonly name: 'watching'
  readonly position: Position
  /** True if the watch continues an earlier one, false if it follows a list. */
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

/** A state in which requests are sent. */
export type ActiveState = ListingState | VerifyingState | WatchingState

export type ReflectorState = ActiveState | BackingOffState

/** How a state ended: with a failure, or undefined if the server ended a watch regularly. */
export type StateEnd = {
  /** Milliseconds that the watch was open; 0 if it was not opened. */
  readonly lasted: number
  readonly failure: Failure | undefined
}

/** Maximum number of consecutive watches without an event before the list is repeated. */
const MAX_FRUITLESS = 2

/** The state after the back-off that follows `state`, which ended as `end` says. */
export function stateAfter(state: ActiveState, end: StateEnd): ActiveState {
  if (state.name === 'listing') return state
  const {position} = state
  if (position.fruitless >= MAX_FRUITLESS || cannotResume(end.failure)) return {name: 'listing'}
  return isRegularEnd(end) ? {name: 'watching', position, resumed: true} : {name: 'verifying', position}
}

/** Milliseconds that the watch is open at the monotonic time `now`; 0 if it is not. */
export function openFor(state: ActiveState, now: number): number {
  return state.name === 'watching' && state.openedAt !== undefined ? now - state.openedAt : 0
}

/** True if only the position of a resumed watch was rejected: the server is up, but its history begins later. */
export function isPositionLost(state: ActiveState, failure: Failure | undefined): boolean {
  return failure?.code === 'api-gone' && state.name === 'watching' && state.resumed
}

/** True if a watch cannot resume: the position was compacted, or the kind or the permission to watch it was removed. */
function cannotResume(failure: Failure | undefined): boolean {
  if (failure?.code === 'api-gone' || failure?.code === 'api-too-much') return true
  const status = failure instanceof ApiFailure ? (failure.status ?? 0) : 0
  return status >= 400 && status < 500 && status !== 401 && status !== 429
}
