/** What goes wrong in a soak. Each trouble lasts for a while and is then over; of one sort there is one at a time. */
import {createServer, type Server} from 'node:net'
import {once} from 'node:events'
import {setTimeout as sleep} from 'node:timers/promises'
import {send} from '../../../src/dataplane/nginx/process/processes.js'
import type {Fault} from '../../support/api-double/faults.js'
import {busy, internalError} from '../../support/api-double/status.js'
import {pick} from '../../support/random.js'
import type {DoubleCluster} from '../double-cluster.js'
import type {Host} from '../host.js'
import type {SmallDisk} from '../small-disk.js'
import type {World} from './world.js'

export type TroubleDeps = {
  readonly cluster: DoubleCluster
  readonly host: Host
  readonly disk: SmallDisk
  readonly world: World
  readonly random: () => number
  /** Ports that another program may take. */
  readonly ports: readonly number[]
  /** Starts lbex again. */
  readonly start: () => void
}

const FAULTS: readonly Fault[] = [
  {kind: 'refuse', with: internalError},
  {kind: 'refuse', with: busy(1)},
  {kind: 'reset'},
  {kind: 'cut', after: 150},
  {kind: 'cut', after: 700},
  {kind: 'slow', piece: 300},
  {kind: 'hang'},
  {kind: 'mute'},
  {kind: 'say', text: '{"type":"ADDED"}\n'},
]

type Trouble = () => Promise<void>

export class Troubles {
  /** How often there was each, for the report. */
  readonly counts: Record<string, number> = {}
  /** Those that may cost connections. */
  nginxKills = 0
  /** True while lbex is meant to be away. */
  lbexAway = false
  private readonly going = new Map<string, Promise<void>>()

  constructor(private readonly deps: TroubleDeps) {}

  /** With the API server. */
  api(): void {
    const {cluster, world} = this.deps
    const {api} = cluster
    this.begin('api', {
      'the API server is away': async () => {
        await api.kill()
        await this.aWhile(2000)
        await api.start()
      },
      'the API server comes back with another history': async () => {
        await api.kill()
        api.loseHistory()
        world.restore()
        await this.aWhile(500)
        await api.start()
      },
      'changes are forgotten': async () => {
        api.history.compact()
        api.endWatches()
      },
      'connections are cut': async () => api.cutConnections(),
      'watches end': async () => api.endWatches(),
      'requests go wrong': async () => {
        const fault = pick(FAULTS, this.deps.random)
        api.fault = () => fault
        if (this.deps.random() < 0.5) api.cutConnections()
        await this.aWhile(2000)
        api.fault = undefined
      },
    })
  }

  /** With NGINX and its host. */
  host(): void {
    const {host, disk} = this.deps
    this.begin('processes', {
      'NGINX’s master is killed': async () => {
        this.nginxKills += 1
        for (const each of host.nginx().masters) send(each, 'SIGKILL')
        await this.untilServing()
      },
      'NGINX’s workers are killed': async () => {
        this.nginxKills += 1
        for (const each of host.nginx().accepting) send(each, 'SIGKILL')
        await this.untilServing()
      },
      'the disk is full': async () => {
        await disk.fill()
        await this.aWhile(1500)
        await disk.free()
      },
      'another program takes a port': async () => {
        const holder = await take(pick(this.deps.ports, this.deps.random))
        await this.aWhile(3000)
        holder?.close()
      },
    })
  }

  /** With lbex itself. */
  lbex(): void {
    const {host, start} = this.deps
    const away = async (end: Trouble, longest: number): Promise<void> => {
      this.lbexAway = true
      await end()
      await this.aWhile(longest)
      start()
      this.lbexAway = false
      await host.ready()
    }
    this.begin('processes', {
      'lbex is killed': () => away(async () => void (await host.end('SIGKILL')), 1000),
      'lbex is stopped, and leaves NGINX': () => away(async () => void (await host.end('SIGTERM')), 500),
      'lbex gets no time': async () => {
        host.signal('SIGSTOP')
        await this.aWhile(2000)
        host.signal('SIGCONT')
      },
    })
  }

  /** Until all are over. */
  async over(): Promise<void> {
    await Promise.all(this.going.values())
  }

  private begin(sort: string, choices: Readonly<Record<string, Trouble>>): void {
    if (this.going.has(sort)) return
    const name = pick(Object.keys(choices), this.deps.random)
    this.counts[name] = (this.counts[name] ?? 0) + 1
    const trouble = (choices[name] as Trouble)().catch((error: unknown) => {
      throw new Error(`while ${name}`, {cause: error})
    })
    this.going.set(
      sort,
      trouble.finally(() => this.going.delete(sort)),
    )
  }

  private aWhile(longest: number): Promise<void> {
    return sleep(100 + this.deps.random() * longest)
  }

  private async untilServing(): Promise<void> {
    const {host} = this.deps
    await host.until('NGINX to serve again', async () => host.nginx().accepting.length > 0)
    await host.until('lbex to say so', async () => (await host.health('/'))?.status === 200)
  }
}

/** Undefined if the port is already in use. */
async function take(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, '127.0.0.1')
  return once(server, 'listening').then(
    () => server,
    () => undefined,
  )
}
