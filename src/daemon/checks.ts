/** What the health endpoints look at. */
import type {NginxStatus} from '../nginx/nginx-edge.js'
import type {DaemonStatus} from './status.js'

export type Check = {
  readonly name: string
  /** Why it fails, in words; absent when it passes. */
  readonly problem?: string
}

export type Checks = {
  /** `/`: traffic is served. */
  readonly health: readonly Check[]
  /** `/livez`: the loop turns. */
  readonly live: readonly Check[]
  /** `/readyz`: what is wanted is served, and goes on being served. */
  readonly ready: readonly Check[]
}

/** A turn that takes longer is stuck, milliseconds: the largest apply with every step back takes seconds. */
const STUCK = 120_000

/** `now` is monotonic milliseconds. */
export function checksOf(status: DaemonStatus, nginx: NginxStatus, now: number): Checks {
  const serving = check('nginx', !nginx.serving && 'NGINX does not serve')
  const busy = status.busySince === undefined ? 0 : now - status.busySince
  return {
    health: [serving],
    live: [check('loop', busy > STUCK && `the turn has been going on for ${Math.round(busy / 1000)} s`)],
    ready: [
      check('sync', !status.synced && 'nothing has been applied yet'),
      check('apply', status.failure),
      serving,
      check('shutdown', status.stopping && 'lbex is stopping'),
    ],
  }
}

function check(name: string, problem: string | false | undefined): Check {
  return {name, ...(problem && {problem})}
}
