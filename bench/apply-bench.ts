/** The time until NGINX serves one changed Service, compared with a manual configtest and reload of the same files in the same run. */
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {hostLimits} from '../src/dataplane/nginx/host/host-limits.js'
import {openNginx} from '../src/dataplane/nginx/nginx.js'
import type {DataPlane} from '../src/dataplane/data-plane.js'
import {systemClock} from '../src/util/clock.js'
import {silentLogger} from '../src/util/logger.js'
import type {ClusterSnapshot} from '../src/core/cluster/snapshot.js'
import {createPipeline, translateWith} from '../test/support/translate.js'
import type {Pipeline} from '../src/cli/run/translate.js'
import {getNginx} from '../scripts/get-nginx.mjs'
import {reloadByHand} from './by-hand.js'
import {aCluster, options, withChangedEndpoints} from './clusters.js'
import {figures, round, type Figures} from './measure.js'

const ENDPOINTS = 10
const CHANGES = 11

export type ApplyResult = {
  readonly services: number
  /** Milliseconds of the first apply, until NGINX is confirmed. */
  readonly start: number
  /** Translate and apply one changed Service, until NGINX confirms it. */
  readonly change: Figures
  /** CPU time of lbex itself within `change`. */
  readonly ownCpu: Figures
  /** `nginx -t`, SIGHUP, and the end of the old workers, for the same files. */
  readonly byHand: Figures
  readonly ratio: number
}

export async function benchApply(services: number): Promise<ApplyResult> {
  const directory = await mkdtemp(join(tmpdir(), 'lbex-bench-'))
  const {binary, modulePath} = await getNginx()
  const nginx = await openNginx({
    directory,
    binary,
    ...(modulePath && {modulePath}),
    log: silentLogger,
    clock: systemClock,
  })
  const {openFiles} = await hostLimits()
  try {
    return await benchChanges(services, nginx, {
      binary,
      directory,
      pipeline: createPipeline(options({directory, nginx: nginx.capabilities, openFiles})),
    })
  } finally {
    await nginx.stop('drain', 5000)
    await rm(directory, {recursive: true, force: true})
  }
}

type Bench = {readonly binary: string; readonly directory: string; readonly pipeline: Pipeline}

async function benchChanges(
  services: number,
  nginx: DataPlane,
  {binary, directory, pipeline}: Bench,
): Promise<ApplyResult> {
  let cluster = aCluster(services, ENDPOINTS)
  const start = (await timeApply(nginx, cluster, pipeline)).wall
  const changes = []
  const byHand = []
  for (let round = 1; round <= CHANGES; round += 1) {
    cluster = withChangedEndpoints(cluster, (round * 7) % services, round)
    changes.push(await timeApply(nginx, cluster, pipeline))
    byHand.push(await timeByHand(binary, directory, nginx.status().pid ?? 0))
  }
  const [change, hand] = [figures(changes.map(({wall}) => wall)), figures(byHand)]
  const ownCpu = figures(changes.map(({cpu}) => cpu))
  return {
    services,
    start: round(start),
    change,
    ownCpu,
    byHand: hand,
    ratio: round(change.median / hand.median),
  }
}

async function timeApply(
  nginx: DataPlane,
  cluster: ClusterSnapshot,
  pipeline: Pipeline,
): Promise<{wall: number; cpu: number}> {
  const [started, cpu] = [performance.now(), process.cpuUsage()]
  const {signal} = new AbortController()
  const {files} = translateWith(pipeline, cluster)
  const {reloads} = await nginx.commit(await nginx.prepare(files, signal), signal)
  if (reloads > 1) throw new Error(`one change took ${reloads} reloads`)
  const {user, system} = process.cpuUsage(cpu)
  return {wall: performance.now() - started, cpu: (user + system) / 1000}
}

async function timeByHand(binary: string, directory: string, master: number): Promise<number> {
  const started = performance.now()
  await reloadByHand(binary, directory, master)
  return performance.now() - started
}
