/**
 * Kills lbex or NGINX at chosen moments of changes without a reload. Afterwards NGINX serves what a fresh `lbex render` of the
 * cluster says, and a client gets answers from exactly the servers that the cluster has.
 */
import type {DiscoveredNginx} from '../../../src/dataplane/nginx/host/discover-nginx.js'
import {send} from '../../../src/dataplane/nginx/process/processes.js'
import {layoutOf} from '../../../src/dataplane/nginx/store/layout.js'
import {startTcpBackend, type Backend} from '../../support/backends.js'
import {parseExposition, valueOf} from '../../support/exposition.js'
import type {TrafficResult} from '../../support/nginx-traffic-process.js'
import {RemoteTraffic} from '../../support/nginx-traffic.js'
import {freePorts} from '../../support/ports.js'
import {DoubleCluster} from '../double-cluster.js'
import {Host} from '../host.js'
import {chooseMoments, describeMoment, type Moment} from './choose.js'
import {ControlTap, type Passing} from './control-tap.js'
import {differenceFromFresh} from './fresh-render.js'
import {MomentWorld, SERVERS} from './moment-world.js'

export type MomentsOptions = {
  readonly seed: number
  /** How often a program is killed: lbex and NGINX in turns. */
  readonly count: number
  /** Must have njs. */
  readonly nginx: DiscoveredNginx
  /** Called after each moment. */
  readonly progress?: (outcome: Outcome) => void
}

export type Outcome = {
  readonly moment: Moment
  /** Milliseconds from the kill until NGINX served what a fresh render says. */
  readonly took: number
  /** What should not have happened, in words; empty: nothing. */
  readonly violations: readonly string[]
}

export type MomentsReport = {
  readonly outcomes: readonly Outcome[]
  /** Of a Service that does not change, while lbex was killed: no connection may fail. */
  readonly whileLbexDied: TrafficResult
}

/** After so many moments with violations the others would say nothing new. */
const ENOUGH = 5
/** Milliseconds within which a step begins, and within which NGINX serves what it should. */
const BEGINS = 30_000
const CATCHES_UP = 60_000
const PER_SECOND = 50
const SESSIONS = 5
const LIVE = ['--live-updates', 'on']
const FLAGS = [...LIVE, '--on-stop', 'leave', '--reload-interval', '0s', '--consolidate-after', '500ms']

export async function killAtMoments(options: MomentsOptions): Promise<MomentsReport> {
  const closers: (() => Promise<void>)[] = []
  const opened = async <T extends {close(): Promise<void>}>(opening: Promise<T>): Promise<T> => {
    const part = await opening
    closers.push(() => part.close())
    return part
  }
  try {
    const cluster = await opened(DoubleCluster.open())
    const host = await opened(Host.open(options.nginx))
    const traffic = await opened(RemoteTraffic.open())
    const ports = await freePorts(4)
    const backends = SERVERS.map(({name, address}) =>
      opened<Backend>(startTcpBackend(name, {address, port: ports[3] as number})),
    )
    await Promise.all(backends)
    return await new Moments(options, cluster, host, traffic, ports).run()
  } finally {
    for (const close of closers.reverse()) await close()
  }
}

class Moments {
  private readonly world: MomentWorld
  private tap: ControlTap | undefined
  /** Of NGINX, after a kill. */
  private leaving: ReadonlySet<number> = new Set()

  constructor(
    private readonly options: MomentsOptions,
    private readonly cluster: DoubleCluster,
    private readonly host: Host,
    private readonly traffic: RemoteTraffic,
    private readonly ports: readonly number[],
  ) {
    this.world = new MomentWorld(cluster, host, ports)
  }

  async run(): Promise<MomentsReport> {
    const moments = chooseMoments(this.options.seed, this.options.count)
    await this.world.begin(this.traffic.backendPort)
    await this.start()
    this.tap = new ControlTap(layoutOf(this.host.nginxDirectory))
    try {
      const [port = 0] = this.ports
      await this.traffic.start({port, perSecond: PER_SECOND, limit: 10_000_000, sessions: SESSIONS})
      const ofLbex = await this.killAll(moments.filter(({victim}) => victim === 'lbex'))
      const whileLbexDied = await this.traffic.stop()
      const ofNginx = await this.killAll(moments.filter(({victim}) => victim === 'NGINX'))
      return {outcomes: [...ofLbex, ...ofNginx], whileLbexDied}
    } finally {
      this.tap.close()
    }
  }

  private async start(): Promise<void> {
    this.host.start([...this.cluster.access, ...FLAGS, '--log-level', 'info'])
    await this.host.ready()
  }

  private async killAll(moments: readonly Moment[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    for (const moment of moments) {
      const outcome = await this.killAt(moment)
      outcomes.push(outcome)
      this.options.progress?.(outcome)
      if (outcomes.filter(({violations}) => violations.length > 0).length >= ENOUGH) break
    }
    return outcomes
  }

  private async killAt(moment: Moment): Promise<Outcome> {
    const {world, host} = this
    const logged = host.stderr.length
    let killed = performance.now()
    try {
      await this.settle(moment)
      world.forgetStrangers()
      const kill = this.killWhen(moment)
      world.change(moment.withOther)
      killed = await kill
      if (moment.victim === 'lbex') await host.end('SIGKILL')
      if (moment.changesMeanwhile) world.change(false)
      if (moment.victim === 'lbex') await this.start()
      else await this.nginxReturns()
      await this.caughtUp()
      return {moment, took: performance.now() - killed, violations: world.strangers()}
    } catch (error) {
      const log = host.stderr.slice(logged).split('\n').slice(-LAST_LINES).join('\n')
      const violation = `${describeMoment(moment)}: ${String(error).split('; lbex said:')[0]}\n${log}`
      return {moment, took: performance.now() - killed, violations: [violation, ...world.strangers()]}
    }
  }

  /** A change without a reload that is not disturbed: what the moment before has left behind does not count. */
  private async settle({seed}: Moment): Promise<void> {
    if (this.host.hasEnded) await this.start()
    const tap = this.tap as ControlTap
    tap.notice = () => {}
    await tap.install()
    this.world.reseed(seed)
    if (this.world.isEmpty) await this.world.until(() => this.world.change(false, {empty: false}))
    this.world.noteWritten()
    await this.world.until(() => this.world.change(false, {empty: false}))
    // NGINX may have been started again since.
    await tap.install()
  }

  /** Resolves with the time of the kill. */
  private async killWhen(moment: Moment): Promise<number> {
    let killed: number | undefined
    const kill = (): void => {
      this.kill(moment)
      killed = performance.now()
    }
    this.notice(beginOf(moment), () => (moment.delay === 0 ? kill() : setTimeout(kill, moment.delay)))
    await this.host.until(`the begin of the step ${moment.step}`, () => killed !== undefined, BEGINS)
    return killed ?? 0
  }

  /** Calls `begin` once these have passed one after the other. */
  private notice(steps: readonly Passing[], begin: () => void): void {
    const tap = this.tap as ControlTap
    const left = [...steps]
    tap.notice = (passing) => {
      if (passing !== left[0]) return
      left.shift()
      if (left.length > 0) return
      tap.notice = () => {}
      begin()
    }
  }

  private kill({victim, processes}: Moment): void {
    if (victim === 'lbex') return this.host.signal('SIGKILL')
    const {masters, accepting} = this.host.nginx()
    const all = [...masters, ...accepting]
    const chosen = {both: all, workers: accepting, master: masters}[processes]
    for (const each of chosen) send(each, 'SIGKILL')
    // lbex ends the workers of a dead master.
    this.leaving = new Set((processes === 'workers' ? accepting : all).map(({pid}) => pid))
  }

  /** The processes that served before still serve if only the master was killed. */
  private nginxReturns(): Promise<void> {
    const isNew = (): boolean => {
      const {masters, accepting} = this.host.nginx()
      const isGone = [...masters, ...accepting].every(({pid}) => !this.leaving.has(pid))
      return isGone && masters.length > 0 && accepting.length > 0
    }
    return this.host.until('another NGINX', isNew, CATCHES_UP)
  }

  private async isConsolidated(): Promise<boolean> {
    const families = parseExposition((await this.host.health('/metrics'))?.text ?? '\n')
    return valueOf(families, 'lbex_live_upstreams') === 0
  }

  private async caughtUp(): Promise<void> {
    const {world, host, cluster} = this
    await world.until()
    // A look at the metrics costs less than a render.
    await host.until(
      'lbex to write the servers into the configuration',
      () => this.isConsolidated(),
      CATCHES_UP,
    )
    let difference: string | undefined
    const isFresh = async (): Promise<boolean> => {
      difference = await differenceFromFresh(host, [...cluster.access, ...LIVE])
      return difference === undefined
    }
    const fresh = 'NGINX to serve what a fresh render says'
    await host.until(fresh, isFresh, CATCHES_UP).catch((error: Error) => {
      throw new Error(`${error.message.split('; lbex said:')[0]}: ${difference}`)
    })
    // Neither the reload nor the end of the old entries may have changed the servers.
    await world.expectServed()
    await host.ready()
  }
}

const LAST_LINES = 30

function beginOf({step}: Moment): readonly Passing[] {
  return {
    push: ['request to write'],
    confirm: ['answer to write'],
    reload: ['new key'],
    clear: ['new key', 'request to read'],
  }[step] as readonly Passing[]
}
