/**
 * What a running lbex does and waits for, as one value. It is made field by field: nothing is in it that is not listed here, so no
 * token, no key and no address of a client.
 */
import type {ProcessState} from './lbex-state.js'

/** Incremented if a field is removed, renamed, or gets another meaning. Readers must accept new fields. */
export const DEBUG_VERSION = 1

/** All times are ISO 8601. */
export type DebugState = {
  readonly version: typeof DEBUG_VERSION
  readonly at: string
  readonly lbex: Omit<ProcessState, 'problems'>
  /** Present while NGINX does not serve a change that the source has reported. */
  readonly pendingChange?: {readonly since: string}
  readonly lastApply?: ApplyDebug
  /** The last reconcile that failed, also if a later one succeeded. */
  readonly lastFailure?: FailureDebug
  readonly backoffs: readonly BackoffDebug[]
  readonly quarantine: readonly QuarantineDebug[]
  /** Absent if nothing is published, or before publishing has started. */
  readonly leases?: LeasesDebug
  readonly queues: QueuesDebug
  /** Absent if servers change only with a reload. */
  readonly liveUpdates?: LiveDebug
  readonly nginx: NginxDebug
}

export type ApplyDebug = {
  readonly at: string
  readonly seconds: number
  readonly generation: string
  /** False if NGINX served all of it already. */
  readonly changed: boolean
  readonly reloads: number
  /** True if servers were changed without a reload. */
  readonly live: boolean
}

export type FailureDebug = {
  readonly at: string
  readonly step: 'read' | 'apply'
  readonly code: string
  /** Absent if the source could not be read. */
  readonly reason?: string
}

/** Something that failed and is tried again later. */
export type BackoffDebug = {
  /** `reconcile`, `watch of Service`, `live updates`, `writes`, `writes of status/shop`. */
  readonly of: string
  /** Failures in a row, if they are counted. */
  readonly failures?: number
  /** The code of the failure. */
  readonly code?: string
  /** Absent if nothing but a change ends it, or while an attempt runs. */
  readonly until?: string
}

export type QuarantineDebug = {
  /** NAMESPACE/NAME */
  readonly services: readonly string[]
  /** refused: NGINX rejects it. exhausting: it takes too much memory or time. unavailable: a listener is in use. */
  readonly reason: 'refused' | 'exhausting' | 'unavailable'
  /** When lbex tries it again although it did not change; absent if only a change or the next apply makes it do that. */
  readonly until?: string
}

export type LeasesDebug = {
  readonly leader: {
    /** NAMESPACE/NAME */
    readonly lease: string
    readonly isLeader: boolean
    readonly holder?: string
    /** When the Lease expires unless its holder renews it. */
    readonly until: string
  }
  readonly own: {readonly lease: string; readonly renewed?: string}
  /** This host, and the others whose Leases are renewed in time. */
  readonly fresh: readonly {readonly name: string; readonly ready: boolean}[]
}

export type QueuesDebug = {
  /** Writes to the API server; `events` of `pending`. Absent if nothing is published. */
  readonly publisher?: {readonly pending: number; readonly events: number; readonly running: number}
  /** Absent if no server is probed. */
  readonly health?: {readonly targets: number; readonly running: number; readonly waiting: number}
  /** Sessions of NGINX since lbex started. Absent if they are not read. */
  readonly traffic?: {
    readonly read: number
    readonly skipped: number
    readonly invalid: number
    readonly unknown: number
    readonly series: number
    readonly samplingRatio: number
  }
}

export type LiveDebug = {
  readonly working: boolean
  /** Number of the last change. */
  readonly revision: number
  /** Upstreams that NGINX takes from its dictionary; absent if they are not known. */
  readonly entries?: number
  /** Failed changes in a row. */
  readonly failures: number
  /** True if the dictionary did not answer. */
  readonly suspect: boolean
}

export type NginxDebug = {
  readonly version: string
  readonly plus: boolean
  readonly liveUpdates: boolean
  readonly njsEngine?: 'qjs' | 'njs'
  /** False if NGINX was built without the module. */
  readonly realClientAddress: boolean
  readonly serverNames: boolean
  readonly serving: boolean
  readonly generation?: string
  readonly oldWorkers: number
}
