/** What the daemon knows of itself: the loop writes it down, the health server and the metrics read it. */
export type DaemonStatus = {
  /** True once a first reconcile was applied and confirmed. */
  synced: boolean
  /** True if nothing could be read at the start and NGINX serves what an earlier lbex left. */
  resumed: boolean
  /** Why the last reconcile could not read the source, as a sentence; absent after one that could. */
  unread?: string | undefined
  /** Why the last reconcile could not be applied, as a sentence; absent after a good one. */
  failure?: string | undefined
  /** True from the moment that lbex was asked to stop. */
  stopping: boolean
  /** Monotonic milliseconds since when a reconcile is busy, without reading and waits (see attempt); absent while none is. */
  busySince?: number | undefined
}

export function newStatus(): DaemonStatus {
  return {synced: false, resumed: false, stopping: false}
}
