/** The state of a running lbex as one value: what it serves, from what it read, and what is wrong. */
import type {DiagnosticState, ServiceState} from './service-state.js'
import type {TrafficState} from './traffic-state.js'

/** Incremented if a field is removed, renamed, or gets another meaning. Readers must accept new fields. */
export const STATE_VERSION = 1

export type ProcessState = {
  /** The version of lbex. */
  readonly version: string
  readonly pid: number
  /** ISO 8601. */
  readonly startedAt: string
  /**
   * starting: nothing has been applied yet. resumed: nothing could be read yet, and NGINX serves the configuration of an earlier
   * lbex. serving: the configuration was applied. stopping: lbex was asked to stop.
   */
  readonly phase: 'starting' | 'resumed' | 'serving' | 'stopping'
  /** Why the last reconcile could not read the source, and why it could not be applied. */
  readonly problems: readonly string[]
}

export type NginxState = {
  readonly version: string
  /** True if NGINX answered the last query. */
  readonly serving: boolean
  readonly pid?: number
  /** The generation that it serves. */
  readonly generation?: string
  /** Workers of earlier generations that still have connections. */
  readonly oldWorkers: number
  /** Absent if every change takes a reload. */
  readonly liveUpdates?: {
    readonly working: boolean
    /** Upstreams whose servers were changed since the last reload. */
    readonly upstreams: number
  }
}

/** How old the copy of one kind of objects is. */
export type KindState = {
  readonly kind: string
  /** Seconds since the copy was last known to be up to date; absent before the first list. */
  readonly age?: number
  readonly problem?: string
}

export type SourceState = {
  /** True if there was no update of a kind for longer than --stale-after. */
  readonly stale: boolean
  /** Empty if files are read. */
  readonly kinds: readonly KindState[]
}

/** What lbex made NGINX do, or what happened to NGINX. */
export type ChangeState = {
  /** ISO 8601: when it ended. */
  readonly at: string
  /** live: servers were changed without a reload. exit: NGINX exited although lbex did not end it. */
  readonly kind: 'start' | 'reload' | 'live' | 'exit'
  /** How it ended: `confirmed`, or why NGINX does not serve the change. Absent for an exit. */
  readonly result?: string
  /** The reason of a reload. */
  readonly reason?: string
  /** Upstreams whose servers were changed without a reload. */
  readonly upstreams?: number
  /** How long it took. */
  readonly seconds?: number
  /** The generation that NGINX serves since then. */
  readonly generation?: string
}

export type StateSummary = {
  /** Services that were read. */
  readonly read: number
  /** Of these, the ones that select this lbex: served + partial + notServed. */
  readonly selected: number
  readonly served: number
  readonly partial: number
  readonly notServed: number
  readonly errors: number
  readonly warnings: number
}

export type OtherDiagnostic = DiagnosticState & {
  /** `Node a` */
  readonly object: string
}

export type LbexState = {
  readonly version: typeof STATE_VERSION
  /** ISO 8601. */
  readonly at: string
  /** These three are absent if no lbex runs: then the state is what an lbex would serve. */
  readonly lbex?: ProcessState
  readonly nginx?: NginxState
  readonly source?: SourceState
  /** Absent without --traffic-metrics. */
  readonly traffic?: TrafficState
  readonly summary: StateSummary
  /** Sorted by namespace and name. */
  readonly services: readonly ServiceState[]
  /** About other objects than the Services that select this lbex; the first ones. */
  readonly diagnostics: readonly OtherDiagnostic[]
  /** The last changes, the newest first; absent if no lbex runs. */
  readonly history?: readonly ChangeState[]
  /** Present if more Services follow: the value of `continue` for the next page. */
  readonly continue?: string
}
