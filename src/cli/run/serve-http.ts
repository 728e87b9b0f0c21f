/** What `lbex run` answers over HTTP: health checks, metrics, and with --ui the status page. */
import type {DaemonFlags} from '../flags/daemon.js'
import type {ServingFlags} from '../flags/serving.js'
import {healthChecks, type HealthChecks} from '../../controller/health-checks.js'
import {startHealthServer, type HealthOptions, type Page} from '../../controller/health-server.js'
import type {HttpListener} from '../../controller/listen-http.js'
import type {Metrics} from '../../controller/metrics/metrics.js'
import {describeStaleness, stalenessOf} from '../../controller/staleness.js'
import type {DaemonStatus} from '../../controller/status.js'
import type {DataPlane} from '../../dataplane/data-plane.js'
import type {StateView} from '../../observe/state/state-api.js'
import type {SnapshotSource} from '../../sources/snapshot-source.js'
import type {Clock} from '../../util/clock.js'
import type {Loggers} from '../../util/logger.js'
import {nameHolder} from './health-holder.js'
import type {ObservedTraffic} from './open-traffic.js'
import type {OpenedUi} from './open-ui.js'
import type {WaitFor} from './stop-deadline.js'

type HttpFlags = DaemonFlags & ServingFlags

export type HttpDeps = {
  readonly nginx: DataPlane
  readonly source: Pick<SnapshotSource, 'freshness'>
  readonly clock: Clock
  readonly logs: Loggers
  /** Absent without a health server. */
  readonly metrics?: Metrics | undefined
  /** Absent if the traffic is not observed. */
  readonly traffic?: ObservedTraffic | undefined
  /** Resolves to undefined without --ui. Absent with --once. */
  readonly openUi?: (view: StateView) => Promise<OpenedUi | undefined>
}

/** What the answers show. */
type Shown = {
  readonly status: DaemonStatus
  /** Undefined without metrics. */
  readonly metrics: (() => Promise<Page>) | undefined
  /** Absent if no state is kept. */
  readonly view: StateView | undefined
}

type OpenedHttp = {
  readonly close: (waitFor: WaitFor) => Promise<void>
}

/** Listens until `close`. Rejects with a Failure if it cannot, and leaves nothing open then. */
export async function openHttp(deps: HttpDeps, flags: HttpFlags, shown: Shown): Promise<OpenedHttp> {
  const ui = shown.view && (await deps.openUi?.(shown.view))
  const health = await answerHealth(deps, flags, shown, ui?.pages).catch(async (error: unknown) => {
    await ui?.close()
    throw error
  })
  return {
    close: async (waitFor) => {
      if (ui) await waitFor('the status page', ui.close())
      if (health) await waitFor('the health server', health.close())
    },
  }
}

async function answerHealth(
  deps: HttpDeps,
  flags: HttpFlags,
  {status, metrics}: Shown,
  pages: HealthOptions['pages'],
): Promise<HttpListener | undefined> {
  if (!flags['health-check']) return undefined
  const address = flags['health-address']
  const health = await startHealthServer({
    port: flags['health-port'],
    ...(address !== undefined && {address}),
    checks: () => checkHealth(deps, flags, status),
    metrics,
    pages,
  }).catch(async (error: unknown) => {
    throw await nameHolder(error, {port: flags['health-port'], address}, deps.nginx)
  })
  deps.logs.health.info('answering health checks', {port: health.port})
  return health
}

/** What /livez, /readyz and systemd are told. */
export function checkHealth(
  {source, nginx, clock}: HttpDeps,
  flags: HttpFlags,
  status: DaemonStatus,
): HealthChecks {
  const staleness = describeStaleness(stalenessOf(source.freshness(), flags['stale-after']))
  return healthChecks(status, nginx.status(), clock.monotonic(), staleness, nginx.live())
}
