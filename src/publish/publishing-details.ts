/** What publishing does and waits for: only the debug state shows it. */
import type {PublishingHost} from './host-record.js'

/** The pending writes of this lbex. */
export type WriteQueueDetails = {
  /** All of them, with those that are being written. */
  readonly pending: number
  /** Of these, Events. */
  readonly events: number
  readonly running: number
  /** Milliseconds for which all writes wait, because the API server is unreachable or busy; 0 if they do not. */
  readonly pausedFor: number
  /** The kinds of writes that wait because a permission is missing, such as `status/shop`, with the milliseconds that are left. */
  readonly scopes: ReadonlyMap<string, number>
}

/** The Lease of the leader election. */
export type LeaderDetails = {
  /** NAMESPACE/NAME */
  readonly lease: string
  readonly isLeader: boolean
  /** The process that holds it, as last read; absent if none does, or before the first read. */
  readonly holder?: string
  /** Milliseconds until it expires unless its holder renews it. */
  readonly expiresIn: number
}

/** The Lease of this host. */
export type OwnLeaseDetails = {
  /** NAMESPACE/NAME */
  readonly lease: string
  /** Milliseconds since the last renewal that succeeded; absent before the first. */
  readonly renewedAgo?: number
}

export type PublishingDetails = {
  readonly leader: LeaderDetails
  readonly own: OwnLeaseDetails
  /** This host, and all others whose Leases are renewed in time. */
  readonly fresh: readonly PublishingHost[]
  readonly writes: WriteQueueDetails
}
