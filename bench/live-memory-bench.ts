/** The memory of NGINX and lbex over many changes of servers without a reload, as fast as NGINX confirms them. */
import {readFileSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {nginxOf} from '../scripts/get-nginx.mjs'
import {hostLimits} from '../src/dataplane/nginx/host/host-limits.js'
import {openNginx} from '../src/dataplane/nginx/nginx.js'
import type {DataPlane} from '../src/dataplane/data-plane.js'
import {systemClock} from '../src/util/clock.js'
import {silentLogger} from '../src/util/logger.js'
import {createPipeline, translateWith} from '../test/support/translate.js'
import {aCluster, options, withChangedEndpoints} from './clusters.js'
import {nginxMemory, round} from './measure.js'

const ROWS = 10
const SERVICES = 100

export type LiveMemoryResult = {
  readonly changes: number
  /** Megabytes: all processes of NGINX with shared memory counted once, and this process. */
  readonly nginx: number
  readonly lbex: number
  /** Milliseconds of a change, on average: translate, write and confirm. */
  readonly change: number
}

/** The first row is before the changes. */
export async function benchLiveMemory(changes: number): Promise<LiveMemoryResult[]> {
  const found = await nginxOf('sid')
  if ('reason' in found) throw new Error(found.reason)
  const directory = await mkdtemp(join(tmpdir(), 'lbex-bench-'))
  const nginx = await openNginx({
    ...{...found, directory, log: silentLogger, clock: systemClock},
    live: {mode: 'on', consolidateAfter: 3_600_000},
  })
  try {
    return await benchChanges(nginx, directory, changes)
  } finally {
    await nginx.stop('drain', 1000)
    await rm(directory, {recursive: true, force: true})
  }
}

async function benchChanges(
  nginx: DataPlane,
  directory: string,
  changes: number,
): Promise<LiveMemoryResult[]> {
  const step = Math.ceil(changes / ROWS)
  const {capabilities} = nginx
  const script = readFileSync(new URL('../templates/live.js', import.meta.url), 'utf8')
  const {openFiles} = await hostLimits()
  const live = {...capabilities.njs, script}
  const pipeline = createPipeline(options({directory, nginx: capabilities, openFiles, live}))
  let cluster = aCluster(SERVICES, 10)
  const rows: LiveMemoryResult[] = []
  const {signal} = new AbortController()
  let begun = performance.now()
  for (let change = 0; change <= changes; change += 1) {
    // Not the last due consolidation, after five minutes: that is a reload.
    await nginx.commit(
      await nginx.prepare(translateWith(pipeline, cluster).files, signal, {reload: change === 0}),
      signal,
    )
    cluster = withChangedEndpoints(cluster, (change * 7) % SERVICES, change + 1)
    if (change % step !== 0 && change !== changes) continue
    const took = performance.now() - begun
    rows.push({
      changes: change,
      ...memoryOf(nginx),
      change: round(took / Math.max(1, change - (rows.at(-1)?.changes ?? 0))),
    })
    console.log(rows.at(-1))
    begun = performance.now()
  }
  return rows
}

function memoryOf(nginx: DataPlane): Pick<LiveMemoryResult, 'nginx' | 'lbex'> {
  const master = nginx.status().pid ?? 0
  return {nginx: nginxMemory(master), lbex: round(process.memoryUsage.rss() / 2 ** 20)}
}
