/** How things are when somebody asks, as gauges. */
import type {NginxCapabilities} from '../../dataplane/nginx-capabilities.js'
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import type {NginxStatus, WorkerGroup} from '../../dataplane/data-plane.js'
import type {KindFreshness} from '../../sources/snapshot-source.js'
import type {Staleness} from '../staleness.js'
import type {DaemonStatus} from '../status.js'
import type {Instruments} from './instruments.js'

export type Moment = {
  readonly capabilities: NginxCapabilities
  readonly status: Pick<DaemonStatus, 'synced' | 'failure'>
  readonly nginx: NginxStatus
  /** What a restart of NGINX left out since the last good reconcile. */
  readonly leftOut: readonly Diagnostic[]
  readonly workers: readonly WorkerGroup[]
  /** Milliseconds. */
  readonly reloadPressure: number
  readonly freshness: readonly KindFreshness[]
  readonly staleness: Staleness
}

/** `version`: that of lbex. */
export function showVersion(
  {buildInfo}: Instruments,
  version: string,
  capabilities: NginxCapabilities,
): void {
  buildInfo.set({version, nginx_version: capabilities.version.join('.')}, 1)
}

export function showMoment(instruments: Instruments, moment: Moment): void {
  showSource(instruments, moment)
  showNginx(instruments, moment)
}

function showSource(instruments: Instruments, {freshness, staleness}: Moment): void {
  const {sourceStale, sourceStaleness, sourceKindStaleness, sourceLists, sourceWatches} = instruments
  sourceStale.set(Number(staleness.stale))
  sourceStaleness.set(staleness.age / 1000)
  for (const each of [sourceKindStaleness, sourceLists, sourceWatches]) each.reset()
  for (const {kind, age, lists, watches} of freshness) {
    if (age !== undefined) sourceKindStaleness.set({kind}, age / 1000)
    sourceLists.inc({kind}, lists)
    sourceWatches.inc({kind}, watches)
  }
}

function showNginx(instruments: Instruments, {status, nginx, workers, reloadPressure}: Moment): void {
  const {configInfo, lastApplySuccessful, nginxServing, nginxReloadBackoff, nginxWorkers} = instruments
  configInfo.reset()
  if (nginx.generation !== undefined) configInfo.set({generation: nginx.generation}, 1)
  lastApplySuccessful.set(Number(status.synced && status.failure === undefined))
  nginxServing.set(Number(nginx.serving))
  nginxReloadBackoff.set(reloadPressure / 1000)
  nginxWorkers.reset()
  for (const {generation = 'unknown', state, count} of workers) nginxWorkers.set({generation, state}, count)
}
