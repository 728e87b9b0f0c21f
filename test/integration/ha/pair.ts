/** Two hosts that serve one Service at a virtual address, and a client that connects to it all the time. */
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {endNginx} from '../../commands/nginx.js'
import {Host} from '../../e2e/host.js'
import {HUB, Network} from '../../e2e/network.js'
import {aNode, aService, aSlice} from '../../e2e/objects.js'
import {waitFor} from '../../support/wait.js'
import {Client} from './client.js'
import type {Seen} from './client-process.js'
import {runIn} from './programs.js'

const PORT = 8080

/** keepalived needs at most 2 s to notice, and then about one to move the address. */
const PLANNED_STOP: readonly string[] = ['--pre-stop-delay', '4s', '--shutdown-timeout', '1s']

const API_VERSIONS: Readonly<Record<string, string>> = {EndpointSlice: 'discovery.k8s.io/v1'}

/** What makes the address available at a host. */
export type Engine = {
  readonly address: string
  /** Configures and starts it on the host. */
  start(pair: Pair, index: number): Promise<void>
  /** As a power failure ends it. */
  kill(index: number): Promise<void>
  /** The hosts that get new connections. */
  holders(pair: Pair): number[]
  /** Ends what runs on the hub. */
  close(): Promise<void>
}

export class Pair {
  readonly hosts: Host[] = []

  /** `flags`: how lbex stops. */
  static async open(engine: Engine, flags = PLANNED_STOP): Promise<Pair> {
    const network = new Network(2)
    const pair = new Pair(engine, flags, network, await Client.open(network))
    for (const index of [0, 1]) {
      pair.hosts.push(await Host.open())
      runIn(network.into(index), 'sysctl', '-qw', 'net.ipv4.ip_nonlocal_bind=1')
    }
    return pair
  }

  private constructor(
    private readonly engine: Engine,
    private readonly stopFlags: readonly string[],
    readonly network: Network,
    readonly client: Client,
  ) {}

  /** Starts lbex, NGINX and the engine on both hosts, and then the client. */
  async start(): Promise<void> {
    await Promise.all([0, 1].map((index) => this.startHost(index)))
    await until('one host to have the address', () => this.holders().length > 0)
    await this.client.start(this.engine.address, PORT)
  }

  host(index: number): Host {
    return this.hosts[index] as Host
  }

  holders(): number[] {
    return this.engine.holders(this)
  }

  async untilHolders(...wanted: readonly number[]): Promise<void> {
    const are = (): boolean => this.holders().join() === wanted.join()
    await until(`the address at host ${wanted.join(' and ')}`, are)
  }

  /** Starts lbex, or starts it again. */
  async startLbex(index: number): Promise<void> {
    const path = join(this.host(index).folder, 'objects.json')
    await writeFile(path, JSON.stringify({apiVersion: 'v1', kind: 'List', items: this.objects()}))
    const flags = ['-f', path, '--listen-address', this.engine.address, ...this.stopFlags]
    this.host(index).start(flags, {through: this.network.into(index)})
    const starts = this.host(index).logged('lbex started').length + 1
    await this.host(index).untilLogged('lbex started', starts)
    await until('/readyz', () => this.isReady(index))
  }

  async startHost(index: number): Promise<void> {
    await this.startLbex(index)
    await this.engine.start(this, index)
  }

  /** Everything on the host is killed, and its link is down. */
  async lose(index: number): Promise<void> {
    this.network.setLink(index, 'down')
    await Promise.all([this.engine.kill(index), this.host(index).end('SIGKILL')])
    await endNginx(this.host(index).folder)
  }

  async bringBack(index: number): Promise<void> {
    this.network.setLink(index, 'up')
    await this.startHost(index)
  }

  /** What the client sees from `change` on until it is served again. */
  async during(change: () => Promise<unknown>): Promise<Seen> {
    await this.client.settle()
    await this.client.seen()
    await change()
    await this.client.settle()
    return this.client.seen()
  }

  async close(): Promise<void> {
    for (const index of this.hosts.keys()) await this.engine.kill(index)
    await this.engine.close()
    await Promise.all(this.hosts.map((host) => host.close()))
    await this.client.close()
    this.network.close()
  }

  private isReady(index: number): boolean {
    const url = `http://127.0.0.1:${this.host(index).healthPort}/readyz`
    try {
      return runIn(this.network.into(index), '/usr/bin/curl', '--fail', '--silent', url) !== ''
    } catch {
      return false
    }
  }

  private objects(): object[] {
    const service = aService('web', {listen: PORT, nodePort: this.client.backendPort})
    return [aNode('node-1', HUB), service, aSlice('web')].map((object) => ({
      apiVersion: API_VERSIONS[object['kind']] ?? 'v1',
      ...object,
    }))
  }
}

/** Not often: each look starts programs in the namespaces. */
async function until(what: string, condition: () => boolean): Promise<void> {
  await waitFor(condition, {what, deadline: 30_000, every: 250})
}
