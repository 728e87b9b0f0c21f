/** What the loop did last and what it waits for, for the debug state. */
import type {Failure} from '../diagnostics/failure.js'
import type {Clock} from '../util/clock.js'
import type {Changes} from './changes.js'
import {ReadFailure, type ReconcileOutcome} from './reconcile.js'

/** Times are milliseconds since the epoch, durations milliseconds. */
export type LastApply = {
  readonly at: number
  readonly took: number
  readonly generation: string
  /** False if NGINX served all of it already. */
  readonly changed: boolean
  readonly reloads: number
  /** True if servers were changed without a reload. */
  readonly live: boolean
}

export type LastFailure = {
  readonly at: number
  readonly step: 'read' | 'apply'
  readonly code: string
  /** Absent if the source could not be read: its message may quote what a credential plugin printed. */
  readonly reason?: string
}

export type Retry = {
  /** Failed reconciles in a row. */
  readonly failures: number
  /** Absent if lbex waits for a change, because a retry cannot help. */
  readonly at?: number
}

export class LoopRecord {
  lastApply: LastApply | undefined
  lastFailure: LastFailure | undefined
  /** Undefined unless the last reconcile failed. */
  retry: Retry | undefined
  private changes: Pick<Changes, 'unservedSince'> | undefined

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /** Call this when the loop begins. */
  follow(changes: Pick<Changes, 'unservedSince'>): void {
    this.changes = changes
  }

  /** Milliseconds since the epoch since when there is a change that NGINX does not serve; undefined if there is none. */
  get unservedSince(): number | undefined {
    return this.changes?.unservedSince
  }

  noteApplied({applied}: ReconcileOutcome, took: number): void {
    const {generation, changed, reloads, live = false} = applied
    this.lastApply = {at: this.clock.now(), took, generation, changed, reloads, live}
    this.retry = undefined
  }

  /** `delay`: milliseconds until the retry, if the failure is temporary. */
  noteFailed(failure: Failure, delay: number): void {
    const {code, message, temporary} = failure
    const at = this.clock.now()
    const isRead = failure instanceof ReadFailure
    this.lastFailure = {at, step: isRead ? 'read' : 'apply', code, ...(!isRead && {reason: message})}
    const failures = (this.retry?.failures ?? 0) + 1
    this.retry = {failures, ...(temporary && {at: at + delay})}
  }
}
