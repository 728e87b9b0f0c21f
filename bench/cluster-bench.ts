/** The built `lbex run` with a cluster of many Services, a real NGINX and real connections. */
import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {getNginx} from '../scripts/get-nginx.mjs'
import {freePort} from '../test/support/ports.js'
import {waitFor} from '../test/support/wait.js'
import {reloadByHand} from './by-hand.js'
import {follow, sweep, untilReached, type Arrival} from './cluster/clients.js'
import {Daemon} from './cluster/daemon.js'
import {endpointAddress, isOnNodePorts, listenPort, namespaceOf, type Size} from './cluster/objects.js'
import type {ClusterResult} from './cluster/result.js'
import {Environment} from './cluster/environment.js'
import {percentiles, round, type Percentiles} from './measure.js'

/** `cpu`: per change. `duration`: from one change to the next. `longest`: longest block of the event loop. All in milliseconds. */
type Changes = {
  readonly arrivals: readonly Arrival[]
  readonly cpu: number
  readonly duration: number
  readonly longest: number
}

const CHANGES = 25
const CONNECTIONS = 200
const IDLE = 5000
const STORM = 1000
/** Milliseconds; longer than --reload-interval. */
const QUIET = 1200

export async function benchCluster(size: Size): Promise<ClusterResult> {
  const directory = await mkdtemp(join(tmpdir(), 'lbex-bench-'))
  const environment = Environment.start()
  const bench = new ClusterBench(size, directory, environment)
  const end = async (): Promise<void> => {
    await bench.end()
    await environment.stop()
    await rm(directory, {recursive: true, force: true})
  }
  const interrupt = (): void => void end().finally(() => process.exit(1))
  for (const signal of SIGNALS) process.once(signal, interrupt)
  try {
    return await bench.run()
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt)
    await end()
  }
}

/** Clean up after an interrupt: NGINX outlives lbex, and would hold thousands of ports. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

class ClusterBench {
  private daemon: Daemon | undefined
  private round = 0

  constructor(
    private readonly size: Size,
    private readonly directory: string,
    private readonly environment: Environment,
  ) {}

  async run(): Promise<ClusterResult> {
    const {size} = this
    const {start, daemon} = await this.start()
    const answered = await this.answered()
    await delay(QUIET)
    const blocks = {start: (await daemon.measure({watch: false})).longest}
    const idleCpu = await this.idle(daemon)
    const synced = (await daemon.measure({watch: false})).rss
    const changes = await this.changes(daemon)
    const storm = await this.storm(daemon)
    const node = await this.node(daemon)
    const end = (await daemon.measure({watch: false})).rss
    await daemon.stop()
    const byHand = await this.byHand(daemon.master)
    const [firstNew, byHandNew] = [changes.arrivals, byHand].map((arrivals) =>
      percentiles(arrivals.map((arrival) => arrival.firstNew)),
    ) as [Percentiles, Percentiles]
    return {
      ...size,
      start,
      answered,
      rss: {synced: megabytes(synced), end: megabytes(end)},
      idleCpu,
      firstNew,
      lastOld: percentiles(changes.arrivals.map(({lastOld}) => lastOld)),
      unanswered: sum(changes.arrivals.map(({unanswered}) => unanswered)),
      cpuPerChange: round(changes.cpu - (idleCpu / 100) * changes.duration),
      byHandNew,
      byHandOld: percentiles(byHand.map(({lastOld}) => lastOld)),
      ownShare: round(firstNew.p50 - byHandNew.p50),
      storm: {reloads: storm.reloads, converged: storm.converged},
      blocks: {
        start: round(blocks.start),
        change: round(changes.longest),
        storm: round(storm.longest),
        node: round(node),
      },
    }
  }

  async end(): Promise<void> {
    await this.daemon?.stop()
    const master = this.daemon?.master ?? 0
    if (master > 0 && isRunning(master)) process.kill(master, 'SIGTERM')
  }

  private async start(): Promise<{start: ClusterResult['start']; daemon: Daemon}> {
    const {services} = this.size
    const {url} = await this.environment.run('fill', this.size)
    const began = performance.now()
    const since = (): number => round(performance.now() - began)
    const daemon = await Daemon.start({url, directory: this.directory, healthPort: await freePort()})
    this.daemon = daemon
    const watching = daemon.measure({watch: true})
    await untilReached(listenPort(services - 1))
    const first = since()
    const answered = await sweep(this.ports(), 64)
    if (answered < services) throw new Error(`${services - answered} of ${services} Services did not answer`)
    await watching
    return {start: {first, all: since(), reloads: daemon.reloads}, daemon}
  }

  /** Opens all connections at once, to as many different Services as possible. */
  private async answered(): Promise<number> {
    const {services} = this.size
    const ports = Array.from({length: CONNECTIONS}, (_, index) => listenPort((index * 13) % services))
    return sweep(ports, CONNECTIONS)
  }

  private async idle(daemon: Daemon): Promise<number> {
    const before = await daemon.measure({watch: false})
    await delay(IDLE)
    const after = await daemon.measure({watch: false})
    return Math.round(((after.cpu - before.cpu) / IDLE) * 10_000) / 100
  }

  private async changes(daemon: Daemon): Promise<Changes> {
    const arrivals: Arrival[] = []
    const [began, before] = [performance.now(), await daemon.measure({watch: false})]
    for (let change = 0; change < CHANGES; change += 1) {
      arrivals.push(await this.rollOut())
      await delay(QUIET)
    }
    const duration = (performance.now() - began) / CHANGES
    const after = await daemon.measure({watch: true})
    for (let change = 0; change < 3; change += 1) {
      await this.rollOut()
      await delay(QUIET)
    }
    const {longest} = await daemon.measure({watch: false})
    return {arrivals, cpu: (after.cpu - before.cpu) / CHANGES, duration, longest}
  }

  private rollOut(): Promise<Arrival> {
    const [index, round] = [this.nextPodService(), ++this.round]
    return this.followRound(index, round, () => this.environment.run('rollOut', {index, round}))
  }

  private followRound(index: number, round: number, change: () => Promise<unknown>): Promise<Arrival> {
    const {size} = this
    const wanted = new Set(
      Array.from({length: size.endpoints}, (_, number) => endpointAddress(index, size, round, number)),
    )
    return follow(listenPort(index), (address) => wanted.has(address), change)
  }

  private async storm(daemon: Daemon): Promise<{reloads: number; converged: number; longest: number}> {
    const [before, round] = [daemon.reloads, this.round + 1]
    this.round += STORM
    await daemon.measure({watch: true})
    await this.environment.run('churn', {round, events: STORM, within: 1000})
    const over = performance.now()
    const last = ((STORM - 1) * 7) % this.size.services
    if (!isOnNodePorts(last)) await this.followRound(last, this.round, async () => {})
    await delay(2 * QUIET)
    const {longest} = await daemon.measure({watch: false})
    return {
      reloads: daemon.reloads - before,
      converged: Math.max(0, Math.round(daemon.confirmedAt - over)),
      longest,
    }
  }

  /** One node of ten becomes not ready, which affects every Service. */
  private async node(daemon: Daemon): Promise<number> {
    const before = daemon.reloads
    await daemon.measure({watch: true})
    await this.environment.run('setNode', {number: 1, ready: false})
    await waitFor(() => daemon.reloads > before, {what: 'the change of a node to be applied'})
    await delay(QUIET)
    return (await daemon.measure({watch: false})).longest
  }

  /** After lbex has ended: writes other endpoints into the files that it left behind. */
  private async byHand(master: number): Promise<Arrival[]> {
    const {binary} = await getNginx()
    const arrivals: Arrival[] = []
    for (let change = 0; change < CHANGES; change += 1) {
      const [index, round] = [this.nextPodService(), ++this.round]
      const write = (): void => this.rewrite(index, round)
      const make = async (): Promise<void> => {
        write()
        await reloadByHand(binary, this.directory, master)
      }
      arrivals.push(await this.followRound(index, round, make))
    }
    return arrivals
  }

  private rewrite(index: number, round: number): void {
    const folder = join(this.directory, 'services')
    const file = readdirSync(folder).find((name) =>
      name.startsWith(`${namespaceOf(index)}_service-${index}-`),
    )
    const path = join(folder, file as string)
    let number = 0
    const text = readFileSync(path, 'utf8').replaceAll(/127(?:\.\d+){3}(?=:\d+;)/g, () =>
      endpointAddress(index, this.size, round, number++),
    )
    writeFileSync(path, text)
  }

  private nextPodService(): number {
    const index = (this.round * 37 + 1) % this.size.services
    return isOnNodePorts(index) ? index + 1 : index
  }

  private ports(): number[] {
    return Array.from({length: this.size.services}, (_, index) => listenPort(index))
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function megabytes(bytes: number): number {
  return round(bytes / 2 ** 20)
}
