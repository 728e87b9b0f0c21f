/**
 * How long tests may take. A limit is there for what hangs; none says how fast something is. Both grow with the time that
 * this machine takes to start a process, so that a slow or busy one fails no test.
 */
import {timeFactor} from '../../scripts/time-factor.cjs'

/** Milliseconds of a test that starts no program: the default of every test. */
export const UNIT_TIMEOUT = scaled(20_000)

/** Milliseconds of a test with NGINX, lbex as a program, a cluster, or many runs of a property. One that does more takes a multiple. */
export const INTEGRATION_TIMEOUT = scaled(120_000)

/** So many milliseconds on a machine of usual speed. */
export function scaled(milliseconds: number): number {
  return Math.ceil(milliseconds * timeFactor())
}
