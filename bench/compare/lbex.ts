/** NGINX with the files that lbex writes, without the rest of lbex: what clients of `lbex run` meet. */
import {readFileSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {getNginx, nginxOf} from '../../scripts/get-nginx.mjs'
import type {ClusterSnapshot} from '../../src/core/cluster/snapshot.js'
import {hostLimits} from '../../src/dataplane/nginx/host/host-limits.js'
import {openNginx} from '../../src/dataplane/nginx/nginx.js'
import {systemClock} from '../../src/util/clock.js'
import {silentLogger} from '../../src/util/logger.js'
import {whenAbandoned} from '../../test/support/abandoned.js'
import {createPipeline, translateWith} from '../../test/support/translate.js'
import {options} from '../clusters.js'

/** `reload`: the NGINX of this machine. `live`: the newest one that `npm run setup` fetched, whose njs changes servers without a reload. */
export type Mode = 'reload' | 'live'

export type Lbex = {
  /** Serves these Services. */
  apply(snapshot: ClusterSnapshot): Promise<void>
  /** Process id of NGINX, once it serves. */
  master(): number
  close(): Promise<void>
}

export async function startLbex(mode: Mode): Promise<Lbex> {
  const found = mode === 'live' ? await nginxOf('sid') : await getNginx()
  if ('reason' in found) throw new Error(found.reason)
  const directory = await mkdtemp(join(tmpdir(), 'lbex-bench-'))
  const nginx = await openNginx({
    ...{...found, directory, log: silentLogger, clock: systemClock},
    ...(mode === 'live' && {live: {mode: 'on', consolidateAfter: 3_600_000}}),
  })
  const {capabilities} = nginx
  const script = readFileSync(new URL('../../templates/live.js', import.meta.url), 'utf8')
  const live = mode === 'live' ? {live: {...capabilities.njs, script}} : {}
  const {openFiles} = await hostLimits()
  const pipeline = createPipeline(options({directory, nginx: capabilities, openFiles, ...live}))
  const {signal} = new AbortController()
  const master = (): number => nginx.status().pid ?? 0
  const closed = whenAbandoned(() => {
    if (master() > 0) process.kill(master(), 'SIGTERM')
  })
  return {
    master,
    apply: async (snapshot) => {
      const {files} = translateWith(pipeline, snapshot)
      await nginx.commit(await nginx.prepare(files, signal), signal)
    },
    close: async () => {
      closed()
      await nginx.stop('drain', 1000)
      await rm(directory, {recursive: true, force: true})
    },
  }
}
