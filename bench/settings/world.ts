/** A real NGINX with one Service for each kind of setting, all with the same backend. */
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {ClusterSnapshot} from '../../src/core/cluster/snapshot.js'
import {hostLimits} from '../../src/dataplane/nginx/host/host-limits.js'
import {openNginx} from '../../src/dataplane/nginx/nginx.js'
import type {DataPlane} from '../../src/dataplane/data-plane.js'
import {systemClock} from '../../src/util/clock.js'
import {silentLogger} from '../../src/util/logger.js'
import {getNginx} from '../../scripts/get-nginx.mjs'
import {startTcpBackend, type Backend} from '../../test/support/backends.js'
import {anEndpoint, aService, aSlice, aSnapshot} from '../../test/support/builders.js'
import {aSecret} from '../../test/support/certificates.js'
import {freePorts} from '../../test/support/ports.js'
import {createPipeline, translateWith} from '../../test/support/translate.js'
import {options} from '../clusters.js'

/** Annotations by kind. */
export const KINDS = {
  plain: {},
  'PROXY v1': {'proxy-protocol': 'v1'},
  limits: {connections: '65535', 'connections-per-client': '10000'},
  SNI: {hosts: 'service.example.com'},
  TLS: {'tls-secret': 'certificate'},
} as const

export type Kind = keyof typeof KINDS

export type World = {
  readonly nginx: DataPlane
  readonly ports: Readonly<Record<Kind, number>>
  /** Applies the Services with servers that differ from round to round. Returns the number of reloads that it took. */
  apply(round: number): Promise<number>
  close(): Promise<void>
}

export async function openWorld(): Promise<World> {
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
  const pipeline = createPipeline(options({directory, nginx: nginx.capabilities, openFiles}))
  const names = Object.keys(KINDS) as Kind[]
  const given = await freePorts(names.length)
  const ports = Object.fromEntries(names.map((name, index) => [name, given[index]])) as World['ports']
  const backends = await Promise.all([startTcpBackend('a'), startTcpBackend('b')])
  const {signal} = new AbortController()
  return {
    nginx,
    ports,
    apply: async (round) => {
      const {files} = translateWith(pipeline, cluster(ports, backends, round))
      const {reloads} = await nginx.commit(await nginx.prepare(files, signal), signal)
      return reloads
    },
    close: async () => {
      await nginx.stop('drain', 1000)
      await Promise.all(backends.map((backend) => backend.close()))
      await rm(directory, {recursive: true, force: true})
    },
  }
}

/** In even rounds the Services have one endpoint, in odd rounds two. */
function cluster(ports: World['ports'], backends: readonly Backend[], round: number): ClusterSnapshot {
  const snapshot = aSnapshot(
    Object.entries(KINDS).flatMap(([kind, annotations], index) => {
      const name = `service-${index}`
      const service = aService(name)
        .annotated({'upstream-type': 'pod', ...annotations})
        .port('tcp', 443, {listen: ports[kind as Kind]})
      const slices = backends
        .slice(0, 1 + (round % 2))
        .map(({port}) =>
          aSlice(name).named(`${name}-${port}`).port('tcp', port).endpoints(anEndpoint('127.0.0.1')),
        )
      return [service, ...slices]
    }),
  )
  return {...snapshot, secrets: [aSecret('certificate', {pair: 'web'})]}
}
