/** A reload with many listeners, and what the processes of the old configuration need as long as a connection keeps them. */
import {mkdtemp, rm} from 'node:fs/promises'
import {connect, type Socket} from 'node:net'
import {once} from 'node:events'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {startTcpBackend} from '../../test/support/backends.js'
import {anEndpoint, aService, aSlice, aSnapshot} from '../../test/support/builders.js'
import {follow, untilReached} from '../cluster/clients.js'
import {HaproxyProcess} from '../haproxy.js'
import {figures, round, rounds, type Figures} from '../measure.js'
import {childrenOf, cpuOfEndedChildren, cpuOfFamily, proportionalSize} from '../processes.js'
import {startLbex} from './lbex.js'

const SIZES = [100, 1000]
const ROUNDS = rounds(7)
/** Below the ports that tests use, and below the ephemeral ports of the kernel. */
const FIRST_PORTS = {lbex: 2100, HAProxy: 4100}

export type ReloadsResult = {
  readonly listeners: number
  readonly by: 'lbex' | 'HAProxy'
  /** Milliseconds from the change until the first answer of a new server: files, test of the configuration, reload. */
  readonly firstNew: Figures
  readonly unanswered: number
  /** Milliseconds of CPU time of a reload, without lbex itself: the test of the configuration, and all processes of the proxy. */
  readonly cpu: number
  /** Megabytes of the old processes of each reload while one connection from before it is open. */
  readonly oldProcesses: number
}

type Reloaded = {
  readonly by: ReloadsResult['by']
  /** The first listen port. */
  readonly port: number
  /** Gives the first listener this server: a port of 127.0.0.1. */
  readonly apply: (server: number) => Promise<void>
  readonly master: () => number
  readonly close: () => Promise<void>
}

export async function compareReloads(): Promise<ReloadsResult[]> {
  const servers = [await startTcpBackend('a'), await startTcpBackend('b')]
  try {
    const results: ReloadsResult[] = []
    for (const size of SIZES)
      results.push(
        ...(await compareAll(
          size,
          servers.map(({port}) => port),
        )),
      )
    return results
  } finally {
    for (const server of servers) await server.close()
  }
}

async function compareAll(size: number, servers: readonly number[]): Promise<ReloadsResult[]> {
  const started: Reloaded[] = []
  try {
    started.push(await serveWithLbex(size, servers[0] ?? 0))
    started.push(await serveWithHaproxy(size, servers[0] ?? 0))
    for (const {port} of started) await untilReached(port)
    const samples = started.map((): Sample[] => [])
    for (let turn = 1; turn <= ROUNDS; turn += 1)
      for (const [index, reloaded] of started.entries())
        samples[index]?.push(await reload(reloaded, turn, servers))
    const results = started.map((reloaded, index) => summaryOf(size, reloaded, samples[index] ?? []))
    for (const {connection} of samples.flat()) connection.destroy()
    return results
  } finally {
    for (const {close} of started) await close()
  }
}

type Sample = {
  readonly firstNew: number
  readonly unanswered: number
  readonly cpu: number
  /** Opened before the reload, and open since. */
  readonly connection: Socket
}

async function reload(reloaded: Reloaded, turn: number, servers: readonly number[]): Promise<Sample> {
  const connection = connect({port: reloaded.port + 1, host: '127.0.0.1'})
  connection.on('error', () => {})
  await once(connection, 'data')
  const used = (): number => cpuOfFamily(reloaded.master()) + cpuOfEndedChildren()
  const before = used()
  const name = 'ab'.charAt(turn % 2)
  const change = (): Promise<void> => reloaded.apply(servers[turn % 2] ?? 0)
  const {firstNew, unanswered} = await follow(reloaded.port, (answer) => answer === name, change)
  return {firstNew, unanswered, cpu: used() - before, connection}
}

function summaryOf(listeners: number, {by, master}: Reloaded, samples: readonly Sample[]): ReloadsResult {
  // The newest processes come last: two workers of NGINX, one of HAProxy.
  const old = childrenOf(master()).slice(0, by === 'lbex' ? -2 : -1)
  const kilobytes = old.map(proportionalSize).reduce((sum, size) => sum + size, 0)
  return {
    listeners,
    by,
    firstNew: figures(samples.map(({firstNew}) => firstNew)),
    unanswered: samples.reduce((sum, sample) => sum + sample.unanswered, 0),
    cpu: round(samples.reduce((sum, {cpu}) => sum + cpu, 0) / samples.length),
    oldProcesses: round(kilobytes / 1024 / samples.length),
  }
}

async function serveWithLbex(size: number, server: number): Promise<Reloaded> {
  const lbex = await startLbex('reload')
  const port = FIRST_PORTS.lbex
  const sliceOf = (index: number, to: number) =>
    aSlice(`service-${index}`).port('tcp', to).endpoints(anEndpoint('127.0.0.1'))
  const others = Array.from({length: size}, (_, index) => [
    aService(`service-${index}`)
      .annotated({'upstream-type': 'pod'})
      .port('tcp', 80, {listen: port + index}),
    ...(index === 0 ? [] : [sliceOf(index, server)]),
  ]).flat()
  const apply = (to: number): Promise<void> => lbex.apply(aSnapshot([...others, sliceOf(0, to)]))
  await apply(server)
  return {by: 'lbex', port, apply, master: () => lbex.master(), close: () => lbex.close()}
}

async function serveWithHaproxy(size: number, server: number): Promise<Reloaded> {
  const folder = await mkdtemp(join(tmpdir(), 'lbex-bench-'))
  const port = FIRST_PORTS.HAProxy
  const sections = (to: number): string =>
    Array.from(
      {length: size},
      (_, index) =>
        `listen l${index}\n    bind 127.0.0.1:${port + index}\n    server s 127.0.0.1:${index === 0 ? to : server}\n`,
    ).join('')
  const haproxy = await HaproxyProcess.start(folder, sections(server), 'master')
  return {
    ...{by: 'HAProxy', port, master: () => haproxy.pid},
    apply: (to) => haproxy.reload(sections(to)),
    close: async () => {
      await haproxy.stop()
      await rm(folder, {recursive: true, force: true})
    },
  }
}
