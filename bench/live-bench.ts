/**
 * A change of the servers of one Service: without a reload, with one, and by HAProxy's runtime API, on the same cluster in one run.
 * NGINX is the newest one that `npm run setup` fetched, whose njs has the engine QuickJS.
 */
import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {nginxOf} from '../scripts/get-nginx.mjs'
import {freePort} from '../test/support/ports.js'
import {follow, untilReached, type Arrival} from './cluster/clients.js'
import {Daemon} from './cluster/daemon.js'
import {Environment} from './cluster/environment.js'
import {endpointAddress, isOnNodePorts, listenPort, type Size} from './cluster/objects.js'
import {Haproxy, type Way} from './live/haproxy.js'
import {nginxMemory, percentiles, round, type Percentiles} from './measure.js'

export type LiveResult = Size & {
  readonly by: 'lbex live' | 'lbex with reloads' | `HAProxy ${Way} server`
  /**
   * Milliseconds from the change until the first answer of a new server, and connections without an answer meanwhile. With lbex
   * the change is one of the cluster, with HAProxy it is the command.
   */
  readonly firstNew: Percentiles
  readonly unanswered: number
  readonly reloads: number
}

export type ChurnResult = LiveResult & {
  /** Megabytes of all processes of NGINX, shared memory counted once. */
  readonly nginx: {readonly before: number; readonly after: number}
  /** Megabytes of lbex. */
  readonly lbex: {readonly before: number; readonly after: number}
}

const CHANGES = 25
/** Milliseconds; longer than --reload-interval. */
const QUIET = 1200
/** Seconds of the churn, and its changes in a second. */
const CHURN = {seconds: 60, perSecond: 20}

export async function benchLive(size: Size): Promise<LiveResult[]> {
  return inEnvironment(size, async (bench) => [
    await bench.withDaemon('auto', (daemon) => bench.changes(daemon)),
    await bench.withDaemon('off', (daemon) => bench.changes(daemon)),
    await bench.withHaproxy('set'),
    await bench.withHaproxy('add'),
  ])
}

/** One Service is followed while the others change all the time. */
export async function benchChurn(size: Size): Promise<ChurnResult[]> {
  return inEnvironment(size, async (bench) => [
    await bench.withDaemon('auto', (daemon) => bench.churn(daemon)),
  ])
}

async function inEnvironment<T>(size: Size, work: (bench: LiveBench) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'lbex-bench-'))
  const environment = Environment.start()
  try {
    const {url, backend} = await environment.run('fill', size)
    return await work(new LiveBench(size, {directory, environment, url, backend}))
  } finally {
    await environment.stop()
    await rm(directory, {recursive: true, force: true})
  }
}

type Place = {
  readonly directory: string
  readonly environment: Environment
  readonly url: string
  readonly backend: number
}

class LiveBench {
  private round = 0

  constructor(
    private readonly size: Size,
    private readonly place: Place,
  ) {}

  /** lbex ends with its NGINX. */
  async withDaemon<T>(mode: 'auto' | 'off', work: (daemon: Daemon) => Promise<T>): Promise<T> {
    const nginx = await nginxOf('sid')
    if ('reason' in nginx) throw new Error(nginx.reason)
    const daemon = await Daemon.start({
      ...{url: this.place.url, nginx, directory: join(this.place.directory, mode)},
      healthPort: await freePort(),
      flags: [
        '--live-updates',
        mode,
        '--on-stop',
        'drain',
        '--pre-stop-delay',
        '0s',
        '--shutdown-timeout',
        '1s',
      ],
    })
    try {
      await untilReached(listenPort(this.size.services - 1))
      await delay(QUIET)
      return await work(daemon)
    } finally {
      await daemon.stop()
    }
  }

  async changes(daemon: Daemon): Promise<LiveResult> {
    const before = daemon.reloads
    const arrivals: Arrival[] = []
    for (let change = 0; change < CHANGES; change += 1) {
      arrivals.push(await this.rollOut(this.next()))
      await delay(QUIET)
    }
    const reloads = daemon.reloads - before
    return this.result(reloads === 0 ? 'lbex live' : 'lbex with reloads', arrivals, reloads)
  }

  async churn(daemon: Daemon): Promise<ChurnResult> {
    const {seconds, perSecond} = CHURN
    const [reloads, before] = [daemon.reloads, await memory(daemon)]
    const followed = this.next()
    const first = this.round + 1
    const events = seconds * perSecond
    this.round += events
    let isOver = false
    const churning = this.place.environment
      .run('churn', {round: first, events, within: 1000 * seconds})
      .then(() => (isOver = true))
    const arrivals: Arrival[] = []
    while (!isOver) arrivals.push(await this.rollOut(followed))
    await churning
    const after = await memory(daemon)
    return {
      ...this.result('lbex live', arrivals, daemon.reloads - reloads),
      nginx: {before: before.nginx, after: after.nginx},
      lbex: {before: before.lbex, after: after.lbex},
    }
  }

  async withHaproxy(way: Way): Promise<LiveResult> {
    const haproxy = await Haproxy.start(this.place.directory, this.size, this.place)
    try {
      const arrivals: Arrival[] = []
      const rounds = new Map<number, number>()
      for (let change = 0; change < CHANGES; change += 1) {
        const index = this.next()
        const [previous, current] = [rounds.get(index) ?? 0, ++this.round]
        rounds.set(index, current)
        const make = (): Promise<void> => haproxy.change(way, index, {round: current, previous})
        arrivals.push(await this.followRound(index, current, make))
      }
      return this.result(`HAProxy ${way} server`, arrivals, 0)
    } finally {
      await haproxy.stop()
    }
  }

  private rollOut(index: number): Promise<Arrival> {
    const current = ++this.round
    const change = {index, round: current}
    return this.followRound(index, current, () => this.place.environment.run('rollOut', change))
  }

  private followRound(index: number, current: number, make: () => Promise<void>): Promise<Arrival> {
    const wanted = new Set(
      Array.from({length: this.size.endpoints}, (_, number) =>
        endpointAddress(index, this.size, current, number),
      ),
    )
    return follow(listenPort(index), (address) => wanted.has(address), make)
  }

  private next(): number {
    const index = (this.round * 37 + 1) % this.size.services
    return isOnNodePorts(index) ? index + 1 : index
  }

  private result(by: LiveResult['by'], arrivals: readonly Arrival[], reloads: number): LiveResult {
    const unanswered = arrivals.reduce((sum, arrival) => sum + arrival.unanswered, 0)
    return {
      ...this.size,
      by,
      firstNew: percentiles(arrivals.map(({firstNew}) => firstNew)),
      unanswered,
      reloads,
    }
  }
}

async function memory(daemon: Daemon): Promise<{readonly nginx: number; readonly lbex: number}> {
  const {rss} = await daemon.measure({watch: false})
  return {nginx: nginxMemory(daemon.master), lbex: round(rss / 2 ** 20)}
}
