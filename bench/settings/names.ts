/** The time of a reload with Services that share one port by server name, compared with ports of their own, in turns within one run. */
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {hostLimits} from '../../src/dataplane/nginx/host/host-limits.js'
import {openNginx} from '../../src/dataplane/nginx/nginx.js'
import type {DataPlane} from '../../src/dataplane/data-plane.js'
import {systemClock} from '../../src/util/clock.js'
import {silentLogger} from '../../src/util/logger.js'
import {getNginx} from '../../scripts/get-nginx.mjs'
import {translate} from '../../test/support/translate.js'
import {reloadByHand} from '../by-hand.js'
import {options} from '../clusters.js'
import {figures, type Figures} from '../measure.js'
import {namesCluster} from '../names-bench.js'

const ROUNDS = 11
const SERVICES = 1000

export type NameReloadsResult = {
  readonly services: number
  /** `nginx -t`, SIGHUP, and the end of the old workers. */
  readonly ports: Figures
  readonly names: Figures
  readonly ratio: number
}

export async function benchNameReloads(): Promise<NameReloadsResult> {
  const servers = [await serve('ports', 20_000), await serve('names', 30_000)] as const
  try {
    const times: [number[], number[]] = [[], []]
    for (let round = 0; round < ROUNDS; round += 1)
      for (const [index, server] of servers.entries()) times[index]?.push(await server.reload())
    const [ports, names] = [figures(times[0]), figures(times[1])]
    return {services: SERVICES, ports, names, ratio: Math.round((names.median / ports.median) * 100) / 100}
  } finally {
    for (const server of servers) await server.close()
  }
}

type Server = {readonly reload: () => Promise<number>; readonly close: () => Promise<void>}

/** An NGINX of its own; `firstPort`: where it listens. */
async function serve(kind: 'ports' | 'names', firstPort: number): Promise<Server> {
  const directory = await mkdtemp(join(tmpdir(), 'lbex-bench-'))
  const {binary, modulePath} = await getNginx()
  const module = modulePath && {modulePath}
  const nginx = await openNginx({directory, binary, ...module, log: silentLogger, clock: systemClock})
  const {openFiles} = await hostLimits()
  const world = options({directory, nginx: nginx.capabilities, openFiles})
  await apply(nginx, translate(namesCluster(kind, SERVICES, firstPort), world).files)
  return {
    reload: async () => {
      const start = performance.now()
      await reloadByHand(binary, directory, nginx.status().pid ?? 0)
      return performance.now() - start
    },
    close: async () => {
      await nginx.stop('drain', 1000)
      await rm(directory, {recursive: true, force: true})
    },
  }
}

async function apply(nginx: DataPlane, files: ReturnType<typeof translate>['files']): Promise<void> {
  const {signal} = new AbortController()
  await nginx.commit(await nginx.prepare(files, signal), signal)
}
