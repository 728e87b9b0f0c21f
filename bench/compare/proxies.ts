/** NGINX with lbex, with and without live updates, and HAProxy, which serve the same backends in the same ways at the same time. */
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {anEndpoint, aService, aSlice, aSnapshot} from '../../test/support/builders.js'
import {freePorts} from '../../test/support/ports.js'
import {HaproxyProcess} from '../haproxy.js'
import {childrenOf} from '../processes.js'
import {startLbex, type Mode} from './lbex.js'

/** How a port is served. */
export type Served = {
  /** Of lbex. */
  readonly annotations?: Readonly<Record<string, string>>
  /** Lines of HAProxy's `listen` section, and parameters of its `server`. */
  readonly lines?: readonly string[]
  readonly server?: string
  /** The port of the backend on 127.0.0.1. */
  readonly backend: number
}

export type Proxy = {
  readonly by: 'lbex' | 'lbex with live updates' | 'HAProxy'
  /** Listen ports on 127.0.0.1, in the order of what is served. */
  readonly ports: readonly number[]
  /** The processes that serve connections. */
  readonly pids: readonly string[]
}

export type Proxies = {readonly all: readonly Proxy[]; close(): Promise<void>}

export async function startProxies(served: readonly Served[]): Promise<Proxies> {
  const started: (Proxy & {close(): Promise<void>})[] = []
  const close = async (): Promise<void> => {
    for (const proxy of started) await proxy.close()
  }
  try {
    started.push(await serveWithLbex('reload', served))
    started.push(await serveWithLbex('live', served))
    started.push(await serveWithHaproxy(served))
    return {all: started, close}
  } catch (error) {
    await close()
    throw error
  }
}

async function serveWithLbex(
  mode: Mode,
  served: readonly Served[],
): Promise<Proxy & {close(): Promise<void>}> {
  const ports = await freePorts(served.length)
  const lbex = await startLbex(mode)
  await lbex.apply(
    aSnapshot(
      served.flatMap(({annotations, backend}, index) => [
        aService(`service-${index}`)
          .annotated({'upstream-type': 'pod', ...annotations})
          .port('tcp', 80, {listen: ports[index] ?? 0}),
        aSlice(`service-${index}`).port('tcp', backend).endpoints(anEndpoint('127.0.0.1')),
      ]),
    ),
  )
  const by = mode === 'live' ? 'lbex with live updates' : 'lbex'
  return {by, ports, pids: childrenOf(lbex.master()), close: () => lbex.close()}
}

async function serveWithHaproxy(served: readonly Served[]): Promise<Proxy & {close(): Promise<void>}> {
  const ports = await freePorts(served.length)
  const folder = await mkdtemp(join(tmpdir(), 'lbex-bench-'))
  const sections = served.map(({lines = [], server = '', backend}, index) =>
    [
      `listen l${index}`,
      ...[`bind 127.0.0.1:${ports[index]}`, ...lines, `server s 127.0.0.1:${backend} ${server}`].map(
        (line) => `    ${line}`,
      ),
      '',
    ].join('\n'),
  )
  const haproxy = await HaproxyProcess.start(folder, sections.join(''))
  return {
    by: 'HAProxy',
    ports,
    pids: [String(haproxy.pid)],
    close: async () => {
      await haproxy.stop()
      await rm(folder, {recursive: true, force: true})
    },
  }
}
