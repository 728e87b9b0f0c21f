/** The checks behind the health endpoints. */
import type {LiveStatus, NginxStatus} from '../dataplane/data-plane.js'
import type {DaemonStatus} from './status.js'

export type HealthCheck = {
  readonly name: string
  /** Why it fails, as a sentence; absent if it passes. */
  readonly problem?: string
  /** What an operator should know although it passes. */
  readonly remark?: string
}

export type HealthChecks = {
  /** `/`: traffic is served. */
  readonly health: readonly HealthCheck[]
  /** `/livez`: no reconcile is stuck. */
  readonly live: readonly HealthCheck[]
  /** `/readyz`: the desired configuration is served, and will continue to be. */
  readonly ready: readonly HealthCheck[]
}

/** Milliseconds after which a reconcile counts as stuck. The largest apply takes seconds, with a rollback at every step. */
const STUCK = 120_000

/**
 * `now`: monotonic milliseconds. `staleness`: a sentence if the known state of the cluster is out of date. `live`: absent if
 * servers change only with a reload.
 */
export function healthChecks(
  status: DaemonStatus,
  nginx: NginxStatus,
  now: number,
  staleness: string | undefined,
  live?: LiveStatus,
): HealthChecks {
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
      ...(status.listeners ? [listenersCheck(status.listeners)] : []),
      ...(live ? [liveCheck(live)] : []),
      check('shutdown', status.stopping && 'lbex is stopping'),
    ],
  }
}

/** The configuration of an earlier lbex counts as synced: otherwise every host that restarts during an outage of the API server would be taken out of rotation. */
function syncCheck({synced, resumed}: DaemonStatus): HealthCheck {
  if (!resumed || synced) return check('sync', !synced && 'nothing has been applied yet')
  return {
    name: 'sync',
    remark: 'the last good configuration is served, nothing could be read since the start',
  }
}

/** Never a problem: the other hosts of a group may be as unable to open a listener, and nothing would be served. */
function listenersCheck({open, unavailable}: NonNullable<DaemonStatus['listeners']>): HealthCheck {
  const counted = `${open} of ${open + unavailable} open`
  const why = 'this host cannot open the others, see port-held in the log'
  return {name: 'listeners', remark: unavailable === 0 ? counted : `${counted}: ${why}`}
}

/** Never a problem: without live updates, a reload makes every change. */
function liveCheck({upstreams, working}: LiveStatus): HealthCheck {
  const name = 'live-updates'
  if (!working) return {name, remark: 'NGINX does not accept changes of servers, so every change is a reload'}
  if (upstreams === 0) return {name}
  const what = upstreams === 1 ? '1 upstream has' : `${upstreams} upstreams have`
  return {name, remark: `${what} other servers than in the configuration, until the next reload`}
}

function check(name: string, problem: string | false | undefined): HealthCheck {
  return {name, ...(problem && {problem})}
}
