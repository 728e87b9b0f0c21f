/**
 * What every scenario begins with: a cluster with one node and the Service `stable`, a host to run lbex on, and a process
 * that sends traffic to `stable` all the time, so that each scenario shows that no connection is lost.
 */
import assert from 'node:assert/strict'
import {startTcpBackend, startUdpBackend, type Backend} from '../support/backends.js'
import type {TrafficResult} from '../support/nginx-traffic-process.js'
import {RemoteTraffic} from '../support/nginx-traffic.js'
import {noteTraffic} from '../support/note-traffic.js'
import {freePorts} from '../support/ports.js'
import {askTcp, askUdp} from '../support/traffic.js'
import {scaled} from '../support/timeouts.js'
import {waitFor} from '../support/wait.js'
import type {LbexOptions} from '../commands/lbex.js'
import type {Cluster, OpenCluster} from './cluster.js'
import {Host} from './host.js'
import {aNode, aService, aSlice} from './objects.js'

const PER_SECOND = 200
const SESSIONS = 20

export type Stage<C extends Cluster = Cluster> = {
  readonly cluster: C
  readonly host: Host
  /** Free ports of the host. */
  readonly ports: readonly number[]
  /** Where `stable` is served. */
  readonly port: number
  /** Port of the backend that the traffic is meant for: the node port of `stable`. */
  readonly nodePort: number
  /** Starts lbex, and the traffic as soon as `stable` is served. */
  readonly begin: (flags?: readonly string[], options?: LbexOptions) => Promise<void>
  /** Starts lbex on this cluster, whose way is known unless the flags name a kubeconfig. */
  readonly start: (flags?: readonly string[], options?: LbexOptions) => void
  /** Ends the traffic: what became of it. */
  readonly traffic: () => Promise<TrafficResult>
  /** Ends the traffic: no connection has failed, and no session has ended. */
  readonly expectNoLoss: () => Promise<void>
  /** Starts a backend that is gone after the test. */
  readonly backend: (
    name: string,
    address: string,
    port?: number,
    protocol?: 'TCP' | 'UDP',
  ) => Promise<Backend>
  /** Closes it after the test. */
  readonly opened: <T extends {close(): Promise<void>}>(thing: T) => T
}

/** To be called inside `describe`. */
export function useStage<C extends Cluster>(
  open: () => Promise<C>,
  openHost: () => Promise<Host> = () => Host.open(),
): () => Stage<C> {
  let stage: Stage<C> | undefined
  let closers: (() => Promise<void>)[] = []

  beforeEach(async function () {
    closers = []
    const opened = <T extends {close(): Promise<void>}>(thing: T): T => {
      closers.push(() => thing.close())
      return thing
    }
    const [cluster, host, traffic, ports] = await Promise.all([
      open().then(opened),
      openHost().then(opened),
      RemoteTraffic.open().then(opened),
      freePorts(4),
    ])
    await cluster.put(
      aNode('node-1', '127.0.0.1'),
      aService('stable', {listen: ports[0] as number, nodePort: traffic.backendPort}),
      aSlice('stable'),
    )
    const test = this.currentTest?.fullTitle()
    stage = makeStage({cluster, host, traffic, ports, opened, test})
  })
  afterEach(async () => {
    await Promise.all(closers.map((close) => close()))
    stage = undefined
  })
  return () => stage as Stage<C>
}

type Parts<C> = Pick<Stage, 'host' | 'ports' | 'opened'> & {
  readonly cluster: C
  readonly traffic: RemoteTraffic
  /** Full title of the test. */
  readonly test: string | undefined
}

function makeStage<C extends Cluster>(parts: Parts<C>): Stage<C> {
  const {cluster, host, traffic, ports, opened, test} = parts
  const [port = 0] = ports
  const stop = async (): Promise<TrafficResult> => {
    const result = await traffic.stop()
    noteTraffic(test, result)
    return result
  }
  const start: Stage['start'] = (flags = [], options = {}) =>
    host.start([...(flags.includes('--kubeconfig') ? [] : cluster.access), ...flags], options)
  return {
    ...{cluster, host, ports, port, nodePort: traffic.backendPort, opened},
    start,
    begin: async (flags, options) => {
      start(flags, options)
      await host.ready()
      await traffic.start({port, perSecond: PER_SECOND, limit: 100_000, sessions: SESSIONS})
    },
    traffic: stop,
    expectNoLoss: async () => {
      const {failed, problems, sessionsAlive, succeeded} = await stop()
      assert.deepEqual({failed, problems, sessionsAlive}, {failed: 0, problems: {}, sessionsAlive: SESSIONS})
      assert.ok(succeeded > 0)
    },
    backend: async (name, address, at, protocol = 'TCP') =>
      opened(await START[protocol](name, {address, ...(at !== undefined && {port: at})})),
  }
}

const START = {TCP: startTcpBackend, UDP: startUdpBackend}

/** Milliseconds to wait for the answer to a datagram. Tests wait for answers again and again, so one that is late does no harm. */
const UDP_PATIENCE = scaled(200)

/** Default: TCP, to 127.0.0.1, from any address of the host. */
export type Client = {
  readonly protocol?: 'TCP' | 'UDP'
  readonly from?: string
  readonly address?: string
}

/** The name of the backend that answers; undefined if none does. */
export async function answerAt(
  port: number,
  {protocol, from, address}: Client = {},
): Promise<string | undefined> {
  const target = {port, ...(address !== undefined && {address}), ...(from !== undefined && {from})}
  if (protocol === 'UDP') return (await askUdp(target, 'hello', UDP_PATIENCE))?.split(' ')[0]
  return askTcp(target).catch(() => undefined)
}

/** Until `name` answers at the port; undefined: until no backend does. */
export async function untilAnswers(
  port: number,
  name: string | undefined,
  deadline = 10_000,
  client: Client = {},
): Promise<void> {
  await waitFor(async () => (await answerAt(port, client)) === name, {
    what: `${name ?? 'no backend'} to answer at port ${port}`,
    deadline,
  })
}

/** Until exactly these answer at the port, in turns. */
export async function untilShared(port: number, names: readonly string[]): Promise<void> {
  const wanted = names.toSorted().join()
  let seen = ''
  const isShared = async (): Promise<boolean> => {
    const answers = new Set<string>()
    for (let ask = 0; ask < 2 * names.length + 2; ask += 1) answers.add((await answerAt(port)) ?? 'nobody')
    seen = [...answers].sort().join()
    return seen === wanted
  }
  await waitFor(isShared, {what: `port ${port} to be shared by ${wanted}`}).catch((error: Error) => {
    throw new Error(`${error.message}, but by ${seen}`)
  })
}

/** Flags for scenarios of many changes, which need not wait between two reloads. */
export const QUICKLY = ['--reload-interval', '0s']

export type Scenarios = (open: OpenCluster) => void
