/** What the daemon knows of itself: the loop writes it down, the health server and the metrics read it. */
export type DaemonStatus = {
  /** True once a first turn was applied and confirmed. */
  synced: boolean
  /** True where nothing could be read at the start, and NGINX serves what an earlier lbex left. */
  resumed: boolean
  /** Why the last turn could not read the world, in words; absent after one that could. */
  unread?: string | undefined
  /** Why the last turn could not be applied, in words; absent after a good one. */
  failure?: string | undefined
  /** True from the moment that lbex was asked to stop. */
  stopping: boolean
  /** Monotonic milliseconds at which the turn that is going on began, once it had read; absent between turns. */
  busySince?: number | undefined
}

export function newStatus(): DaemonStatus {
  return {synced: false, resumed: false, stopping: false}
}
