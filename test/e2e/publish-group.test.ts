/** A group of hosts in network namespaces, with traffic to each: hosts are lost, restart and come back. */
import assert from 'node:assert/strict'
import {endNginx} from '../commands/nginx.js'
import {skipBecause} from '../support/skip.js'
import {INTEGRATION_TIMEOUT, scaled} from '../support/timeouts.js'
import {waitFor} from '../support/wait.js'
import {DoubleCluster} from './double-cluster.js'
import {Host} from './host.js'
import {Hub} from './hub.js'
import {HUB, Network} from './network.js'
import {aNode, aSlice} from './objects.js'
import {aLoadBalancer, untilExternalIp} from './published.js'

const PORT = 8080

/** Milliseconds: the Lease of a host lasts for 20 s, and the next list finds that it has expired. */
const UNTIL_DROPPED = scaled(60_000)

/** A group that serves the Service `web`. */
class Group {
  readonly hosts: Host[] = []
  /** The published addresses, at each change. */
  readonly published: string[] = []

  static async open(size: number): Promise<Group> {
    const cluster = await DoubleCluster.open()
    const network = new Network(size)
    const group = new Group(cluster, network, await Hub.open(network, cluster.api.url))
    cluster.api.history.onChange(({object}) => group.note(object['status']))
    for (let index = 0; index < size; index += 1) group.hosts.push(await Host.open())
    const nodePort = group.hub.backendPort
    await cluster.put(aNode('node-1', HUB), aLoadBalancer('web', {listen: PORT, nodePort}), aSlice('web'))
    return group
  }

  private constructor(
    private readonly cluster: DoubleCluster,
    private readonly network: Network,
    readonly hub: Hub,
  ) {}

  get addresses(): string[] {
    return this.hosts.map((_, index) => this.network.addressOf(index))
  }

  start(index: number): void {
    const flags = [...this.hub.access, '--listen-address', '0.0.0.0']
    this.hosts[index]?.start(flags, {through: this.network.into(index)})
  }

  untilPublished(...addresses: readonly string[]): Promise<void> {
    return untilExternalIp(this.cluster, 'web', addresses.join(), UNTIL_DROPPED)
  }

  async untilOneLeads(among: readonly number[]): Promise<number> {
    await waitFor(() => this.leader(among) !== undefined, {what: 'a leader', deadline: UNTIL_DROPPED})
    return this.leader(among) as number
  }

  /** lbex and NGINX are killed, and the host is off the network. */
  async lose(index: number): Promise<void> {
    const host = this.hosts[index] as Host
    await host.end('SIGKILL')
    this.network.setLink(index, 'down')
    await endNginx(host.folder)
  }

  bringBack(index: number): void {
    this.network.setLink(index, 'up')
    this.start(index)
  }

  async expectNoLoss(indexes: readonly number[]): Promise<void> {
    for (const index of indexes) {
      const {succeeded, failed} = await this.hub.seen(this.network.addressOf(index))
      assert.equal(failed, 0, `${failed} connections to host ${index} failed`)
      assert.ok(succeeded > 0)
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.close()))
    await this.hub.close()
    this.network.close()
    await this.cluster.close()
  }

  private leader(among: readonly number[]): number | undefined {
    return among.find((index) => {
      const messages = this.hosts[index]?.log().map(({msg}) => msg) ?? []
      const now = messages.slice(messages.lastIndexOf('lbex started'))
      return now
        .filter((msg) => msg.endsWith('leader of the group'))
        .at(-1)
        ?.startsWith('became')
    })
  }

  private note(status: unknown): void {
    const {loadBalancer} = (status ?? {}) as {loadBalancer?: {ingress?: {ip: string}[]}}
    const addresses = loadBalancer?.ingress?.map(({ip}) => ip).join()
    if (addresses !== undefined && addresses !== this.published.at(-1)) this.published.push(addresses)
  }
}

describe('a group of hosts that publishes', function () {
  this.timeout(3 * INTEGRATION_TIMEOUT)
  let group: Group | undefined

  before(function () {
    skipBecause(this, Network.whyNot())
  })
  afterEach(async () => {
    await group?.close()
    group = undefined
  })

  for (const {size, lost} of [
    {size: 2, lost: 1},
    {size: 3, lost: 2},
  ]) {
    it(`${size} hosts, ${lost} of them lost: one of the others leads within 20 s, and only live hosts are published`, async () => {
      const opened = await Group.open(size)
      group = opened
      const {hub, addresses, published} = opened
      const all = [...group.hosts.keys()]
      for (const index of all) group.start(index)
      await group.untilPublished(...addresses)
      await hub.startClients(addresses, PORT)
      const leader = await group.untilOneLeads(all)
      const gone = [leader, ...all.filter((index) => index !== leader)].slice(0, lost)
      const left = all.filter((index) => !gone.includes(index))
      const survivors = left.map((index) => addresses[index] as string)
      const since = published.length
      const lostAt = performance.now()
      await Promise.all(gone.map((index) => opened.lose(index)))
      const next = await group.untilOneLeads(left)
      const took = performance.now() - lostAt
      assert.ok(took < scaled(20_000), `${took} ms`)
      await group.untilPublished(...survivors)

      // The leader is killed, but its NGINX serves on, and lbex is started again.
      await group.hosts[next]?.end('SIGKILL')
      group.start(next)
      await group.hosts[next]?.untilLogged('lbex started', 2)
      await group.untilOneLeads(left)
      await group.expectNoLoss(left)

      for (const index of gone) group.bringBack(index)
      await group.untilPublished(...addresses)
      // Hosts may come back one after the other, but no address goes away in between.
      const [first, ...later] = published.slice(since)
      assert.equal(first, survivors.join())
      for (const [at, each] of later.entries())
        for (const address of (at === 0 ? first : later[at - 1])?.split(',') ?? [])
          assert.ok(each.split(',').includes(address), `${address} went away: ${later.join(' | ')}`)
      await group.expectNoLoss(left)
    })
  }
})
