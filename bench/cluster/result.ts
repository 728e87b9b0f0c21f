/** What is measured of `lbex run` on one cluster. */
import type {Percentiles} from '../measure.js'

export type ClusterResult = {
  readonly services: number
  readonly endpoints: number
  /** Milliseconds from the start of the process until the last Service is reached, and until every one was; reloads by then. */
  readonly start: {readonly first: number; readonly all: number; readonly reloads: number}
  /** Of 200 connections at the same time, how many are answered. */
  readonly answered: number
  /** MB: after the sync, and at the end. */
  readonly rss: {readonly synced: number; readonly end: number}
  /** Percent of one core. */
  readonly idleCpu: number
  /**
   * Milliseconds from a change of endpoints until the first answer of the new ones, until the last of the old ones; connections that
   * nobody answered meanwhile, and lbex's CPU, less what it uses when it is idle.
   */
  readonly firstNew: Percentiles
  readonly lastOld: Percentiles
  readonly unanswered: number
  readonly cpuPerChange: number
  /** The same for the same files by hand, and what lbex takes beside that. */
  readonly byHandNew: Percentiles
  readonly byHandOld: Percentiles
  readonly ownShare: number
  /** 1,000 changes in a second: reloads, and milliseconds after the last until it is live. */
  readonly storm: {readonly reloads: number; readonly converged: number}
  /**
   * The longest time in which the event loop did not turn, milliseconds of CPU: at the start, one change at a time, in the storm,
   * and when a node that many Services use changes.
   */
  readonly blocks: {
    readonly start: number
    readonly change: number
    readonly storm: number
    readonly node: number
  }
}
