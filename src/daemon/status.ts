/** What the daemon knows of itself: the loop writes it down, the health server reads it. */
export type DaemonStatus = {
  /** True once a first turn was applied and confirmed. */
  synced: boolean
  /** Why the last turn failed, in words; absent after a good one. */
  failure?: string | undefined
  /** True from the moment that lbex was asked to stop. */
  stopping: boolean
  /** Monotonic milliseconds at which the turn that is going on began; absent between turns. */
  busySince?: number | undefined
}

export function newStatus(): DaemonStatus {
  return {synced: false, stopping: false}
}
