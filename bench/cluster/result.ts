/** Measurements of `lbex run` on one cluster. */
import type {Percentiles} from '../measure.js'

export type ClusterResult = {
  readonly services: number
  readonly endpoints: number
  /** Milliseconds from the start of the process until the last Service answers, and until all have answered; reloads by then. */
  readonly start: {readonly first: number; readonly all: number; readonly reloads: number}
  /** Number of answers to 200 simultaneous connections. */
  readonly answered: number
  /** MB: after the first sync, and at the end. */
  readonly rss: {readonly synced: number; readonly end: number}
  /** Percent of one core. */
  readonly idleCpu: number
  /**
   * Milliseconds from a change of endpoints until the first answer of a new one and until the last answer of an old one; connections
   * without an answer meanwhile; CPU time of lbex, minus its CPU time when idle.
   */
  readonly firstNew: Percentiles
  readonly lastOld: Percentiles
  readonly unanswered: number
  readonly cpuPerChange: number
  /** The same for a manual reload of the same files, and the additional time of lbex. */
  readonly byHandNew: Percentiles
  readonly byHandOld: Percentiles
  readonly ownShare: number
  /** 1,000 changes within a second: reloads, and milliseconds from the last change until it is served. */
  readonly storm: {readonly reloads: number; readonly converged: number}
  /**
   * Longest block of the event loop, milliseconds of CPU: at the start, with one change at a time, in the storm, and after a change of
   * a node that many Services use.
   */
  readonly blocks: {
    readonly start: number
    readonly change: number
    readonly storm: number
    readonly node: number
  }
}
