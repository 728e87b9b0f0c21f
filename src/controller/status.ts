/** The state of the daemon: written by the loop, read by the health server and the metrics. */
export type DaemonStatus = {
  /** True once a first reconcile was applied and confirmed. */
  synced: boolean
  /** True if nothing could be read at the start and NGINX serves the configuration of an earlier lbex. */
  resumed: boolean
  /** Why the last reconcile could not read the source, as a sentence; absent if it could. */
  readFailure?: string | undefined
  /** Why the last reconcile could not be applied, as a sentence; absent if it was. */
  failure?: string | undefined
  /** Listeners of the last reconcile that was applied: those that are open, and those that this host cannot open. */
  listeners?: {readonly open: number; readonly unavailable: number}
  /** True as soon as lbex was asked to stop. */
  stopping: boolean
  /** Monotonic milliseconds since when a reconcile is busy, not counting reads and waits (see timeStep); absent if none is. */
  busySince?: number | undefined
}

export function newStatus(): DaemonStatus {
  return {synced: false, resumed: false, stopping: false}
}
