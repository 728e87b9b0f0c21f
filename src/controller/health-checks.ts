/** What the health endpoints look at. */
import type {NginxStatus} from '../dataplane/data-plane.js'
import type {DaemonStatus} from './status.js'

export type Check = {
  readonly name: string
  /** Why it fails, in words; absent when it passes. */
  readonly problem?: string
  /** What is worth knowing although it passes. */
  readonly remark?: string
}

export type Checks = {
  /** `/`: traffic is served. */
  readonly health: readonly Check[]
  /** `/livez`: no reconcile is stuck. */
  readonly live: readonly Check[]
  /** `/readyz`: what is wanted is served, and goes on being served. */
  readonly ready: readonly Check[]
}

/** A reconcile that takes longer is stuck, milliseconds: the largest apply with every step back takes seconds. */
const STUCK = 120_000

/** `now` is monotonic milliseconds; `staleness` in words, where what is known of the cluster is out of date. */
export function checksOf(
  status: DaemonStatus,
  nginx: NginxStatus,
  now: number,
  staleness: string | undefined,
): Checks {
  const serving = check('nginx', !nginx.serving && 'NGINX does not serve')
  const busy = status.busySince === undefined ? 0 : now - status.busySince
  return {
    health: [serving],
    live: [check('loop', busy > STUCK && `the reconcile has been running for ${Math.round(busy / 1000)} s`)],
    ready: [
      syncCheck(status),
      check('apply', status.failure),
      {name: 'freshness', ...(staleness !== undefined && {remark: staleness})},
      serving,
      check('shutdown', status.stopping && 'lbex is stopping'),
    ],
  }
}

/** What an earlier lbex left counts: an API server that is out of reach would take out every host that is restarted. */
function syncCheck({synced, resumed}: DaemonStatus): Check {
  if (!resumed || synced) return check('sync', !synced && 'nothing has been applied yet')
  return {
    name: 'sync',
    remark: 'the last good configuration is served, nothing could be read since the start',
  }
}

function check(name: string, problem: string | false | undefined): Check {
  return {name, ...(problem && {problem})}
}
