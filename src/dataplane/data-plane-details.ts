/** What a data plane does and waits for beyond its status: only the debug state shows it. */
import type {ObjectRef} from '../diagnostics/diagnostic.js'

/** A file that is not served, or only as it was before. */
export type QuarantinedFile = {
  /** The Services that have a listener in it. */
  readonly owners: readonly ObjectRef[]
  /** As the reasons of the quarantine: NGINX rejects it, cannot test it, or cannot bind one of its listeners. */
  readonly reason: 'refused' | 'exhausting' | 'unavailable'
  /** Milliseconds until it is tested again although it did not change; absent if nothing but a change or the next apply does that. */
  readonly retryIn?: number
}

/** The channel for changes of servers without a reload. */
export type LiveDetails = {
  readonly working: boolean
  /** Number of the last change; 0 before the first. */
  readonly revision: number
  /** Upstreams that NGINX takes from its dictionary; absent if they are not known. */
  readonly entries?: number
  /** Failed changes in a row. */
  readonly failures: number
  /** Milliseconds until changes without a reload are tried again after they failed repeatedly; 0 if they are not paused. */
  readonly pausedFor: number
  /** True if the dictionary that NGINX has loaded did not answer. */
  readonly suspect: boolean
}

export type DataPlaneDetails = {
  readonly quarantine: readonly QuarantinedFile[]
  /** Absent if servers change only with a reload. */
  readonly live?: LiveDetails
}
