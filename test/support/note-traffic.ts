/** Keeps what became of the traffic of a test, for the table of `npm run chaos -- faults`. */
import {appendFileSync} from 'node:fs'
import type {TrafficResult} from './nginx-traffic-process.js'

/** Environment variable with the path of a file; unset: nothing is kept. */
export const TRAFFIC_LOG = 'LBEX_TRAFFIC_LOG'

/** One line of the file, as JSON. */
export type NotedTraffic = TrafficResult & {
  /** Full title of the test. */
  readonly test: string
}

export function noteTraffic(test: string | undefined, result: TrafficResult): void {
  const path = process.env[TRAFFIC_LOG]
  if (path !== undefined && test !== undefined) appendFileSync(path, `${JSON.stringify({test, ...result})}\n`)
}
