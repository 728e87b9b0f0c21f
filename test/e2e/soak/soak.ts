/**
 * A long life in a short time: changes and troubles by chance, traffic all the time. In the end lbex serves what a fresh
 * `lbex render` of the cluster says, and has no more memory and open files than in the middle.
 */
import {setTimeout as sleep} from 'node:timers/promises'
import type {DiscoveredNginx} from '../../../src/dataplane/nginx/host/discover-nginx.js'
import {parseExposition, valueOf} from '../../support/exposition.js'
import {RemoteTraffic} from '../../support/nginx-traffic.js'
import type {TrafficResult} from '../../support/nginx-traffic-process.js'
import {freePorts} from '../../support/ports.js'
import {randomNumbers} from '../../support/random.js'
import {scaled} from '../../support/timeouts.js'
import {DoubleCluster} from '../double-cluster.js'
import {Host} from '../host.js'
import {aNode, aService, aSlice} from '../objects.js'
import {resourcesOf, type Resources} from './resources.js'
import {Troubles} from './troubles.js'
import {World} from './world.js'

export type SoakOptions = {
  readonly seed: number
  /** Of changes and troubles; the checks take some more. */
  readonly milliseconds: number
  /** An NGINX with njs, whose servers change without a reload. Default: the one of this machine, and each change is a reload. */
  readonly live?: DiscoveredNginx
}

export type SoakReport = {
  /** What should not have happened, in words. */
  readonly violations: readonly string[]
  readonly changes: number
  /** How often what NGINX serves was compared with a fresh render. */
  readonly checks: number
  readonly troubles: Readonly<Record<string, number>>
  readonly traffic: TrafficResult
  readonly reloads: number
  /** Of the second half. */
  readonly changesWithoutReload: number
  /** Of lbex: in the middle, when it is left alone from then on, and at the end. */
  readonly resources: readonly [Resources, Resources]
}

const PER_SECOND = 100
const SESSIONS = 10
/** The API is left alone for the rest of a minute: only then the delays after its troubles start over. */
const API_TROUBLE = 20_000
/** What memory may do between two garbage collections, MiB, and how many connections may happen to be open. */
const SLACK = {memory: 30, openFiles: 12}
/** Kilobytes. NGINX's error log takes most of it in a long life: 10 MiB, and the 10 before (docs/operations.md). */
const DISK = 32 * 1024

/** A check of each minute: the API has had no trouble for a while then. */
const CHECK_EVERY = 60_000
const FIRST_CHECK = 50_000

/** The longest delay after a trouble, and time to read and apply. */
const CATCHES_UP = 60_000

export async function soak(options: SoakOptions): Promise<SoakReport> {
  const parts = await Promise.all([DoubleCluster.open(), Host.open(options.live), RemoteTraffic.open()])
  const [cluster, host, traffic] = parts
  try {
    return await new Soak(options, cluster, host, traffic, await freePorts(16)).run()
  } finally {
    for (const part of parts) await part.close()
  }
}

class Soak {
  private readonly random: () => number
  private readonly violations: string[] = []
  private readonly flags: readonly string[]
  private changes = 0
  private checks = 0

  constructor(
    private readonly options: SoakOptions,
    private readonly cluster: DoubleCluster,
    private readonly host: Host,
    private readonly traffic: RemoteTraffic,
    private readonly ports: readonly number[],
  ) {
    this.random = randomNumbers(options.seed)
    this.flags = options.live ? ['--live-updates', 'on'] : []
  }

  async run(): Promise<SoakReport> {
    const {cluster, host, random, ports, traffic} = this
    const [port = 0, ...others] = ports
    const stable = aService('stable', {listen: port, nodePort: traffic.backendPort})
    const always = [aNode('node-1', '127.0.0.1'), stable, aSlice('stable')]
    await cluster.put(...always)
    const world = new World(cluster, random, always, others)
    const disk = await host.useSmallDisk(DISK)
    const start = (): void => host.start([...cluster.access, ...this.flags, ...FLAGS])
    const troubles = new Troubles({cluster, host, disk, world, random, ports: others, start})
    start()
    await host.ready()
    await traffic.start({port, perSecond: PER_SECOND, limit: 10_000_000, sessions: SESSIONS})

    const half = this.options.milliseconds / 2
    await this.live(half, world, troubles, true)
    await this.expectCaughtUp(troubles)
    const middle = resourcesOf(host.pid)
    await this.live(half, world, troubles, false)
    await this.expectCaughtUp(troubles)
    const end = resourcesOf(host.pid)
    this.compare(middle, end)
    const changesWithoutReload = await this.changesWithoutReload()
    const result = await traffic.stop()
    this.judge(result, troubles)
    return {
      violations: this.violations,
      changes: this.changes,
      checks: this.checks,
      troubles: troubles.counts,
      traffic: result,
      reloads: host.reloads(),
      changesWithoutReload,
      resources: [middle, end],
    }
  }

  /** `mortal`: lbex may be killed; afterwards it is the same process all the time. */
  private async live(milliseconds: number, world: World, troubles: Troubles, mortal: boolean): Promise<void> {
    const began = performance.now()
    for (let checkAt = FIRST_CHECK; ;) {
      const age = performance.now() - began
      if (age >= milliseconds) return
      if (age >= checkAt) {
        await this.expectCaughtUp(troubles)
        checkAt += CHECK_EVERY
        continue
      }
      world.change()
      this.changes += 1
      const dice = this.random()
      if (dice < 0.15 && age % 60_000 < Math.min(API_TROUBLE, milliseconds / 2)) troubles.api()
      else if (dice > 0.95 && mortal) troubles.lbex()
      else if (dice > 0.9) troubles.host()
      if (!troubles.lbexAway && this.host.hasEnded) throw new Error(`lbex ended:\n${this.host.stderr}`)
      await sleep(this.random() * 200)
    }
  }

  private async expectCaughtUp(troubles: Troubles): Promise<void> {
    const {cluster, host} = this
    this.checks += 1
    await troubles.over()
    // A wait for the watchdog would take too long.
    cluster.api.cutConnections()
    let last = ''
    const isSame = async (): Promise<boolean> => {
      const {stdout, stderr} = await host.render([...cluster.access, ...this.flags, '--diff', 'live'])
      last = stdout + stderr
      return stdout === '' && /^no differences$/m.test(stderr)
    }
    await host
      .until('the wanted configuration to be served', isSame, CATCHES_UP)
      .catch((error: Error) => this.violations.push(`${error.message}\n${last}`))
    await host
      .until('/readyz', async () => (await host.health('/readyz'))?.status === 200)
      .catch((error: Error) => this.violations.push(error.message))
  }

  /** Since this lbex was started. */
  private async changesWithoutReload(): Promise<number> {
    const families = parseExposition((await this.host.health('/metrics'))?.text ?? '\n')
    return valueOf(families, 'lbex_live_updates_total', {result: 'confirmed'}) ?? 0
  }

  private compare(middle: Resources, end: Resources): void {
    for (const name of ['memory', 'openFiles'] as const) {
      if (end[name] > middle[name] + SLACK[name])
        this.violations.push(`${name} grew from ${middle[name]} to ${end[name]}`)
    }
  }

  /** A killed NGINX may cost the connections of a second (more on a slow or busy machine), and the sessions that it held. */
  private judge({failed, problems, sessionsAlive}: TrafficResult, {nginxKills}: Troubles): void {
    if (failed > nginxKills * PER_SECOND * scaled(1))
      this.violations.push(`${failed} connections failed: ${JSON.stringify(problems)}`)
    if (nginxKills === 0 && sessionsAlive < SESSIONS)
      this.violations.push(`${SESSIONS - sessionsAlive} sessions ended`)
    const bug = this.host.stderr.split('\n').find((line) => /please report|unhandled/i.test(line))
    if (bug !== undefined) this.violations.push(`a bug: ${bug}`)
  }
}

/** Hours go by in minutes, so what takes seconds must not. */
const FLAGS = [
  '--on-stop',
  'leave',
  '--reload-interval',
  '200ms',
  '--stale-after',
  '5s',
  '--consolidate-after',
  '2s',
  '--log-level',
  'info',
]
