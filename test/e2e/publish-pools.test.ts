/** Address pools in a group of two hosts, while writes fail and the leader changes: no address is given twice, and none is lost. */
import assert from 'node:assert/strict'
import type {ApiService} from '../../src/sources/cluster/api-types.js'
import {projectService} from '../../src/sources/cluster/project-service.js'
import {allocate} from '../support/address-pools.js'
import type {LoggedRequest} from '../support/api-double/api-double.js'
import type {Fault} from '../support/api-double/faults.js'
import type {Change, Manifest} from '../support/api-double/history.js'
import {busy, internalError, refusal} from '../support/api-double/status.js'
import {pick, randomNumbers} from '../support/random.js'
import {skipBecause} from '../support/skip.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {waitFor} from '../support/wait.js'
import {runIn} from '../integration/ha/programs.js'
import {DoubleCluster} from './double-cluster.js'
import {Host} from './host.js'
import {Hub} from './hub.js'
import {HUB, Network} from './network.js'
import {aNode, aSlice} from './objects.js'
import {aLoadBalancer} from './published.js'
import {QUICKLY} from './stage.js'

const PORT = 8080
const RANGE = '10.77.0.128/28'
/** A namespace. */
const CLOSED = 'closed'
const SEED = Number(process.env['LBEX_POOLS_SEED'] ?? 19)

const FAULTS: readonly Fault[] = [
  {kind: 'refuse', with: refusal(409, 'Conflict', 'the object has been modified')},
  {kind: 'refuse', with: busy(0)},
  {kind: 'refuse', with: internalError},
  {kind: 'slow', piece: 100},
  {kind: 'lose'},
]
const FORBIDDEN: Fault = {kind: 'refuse', with: refusal(403, 'Forbidden', 'not allowed')}

/** What ever was in the status of Services: an address that two have at once, or that one does not have any more. */
class Addresses {
  readonly mistakes: string[] = []
  private readonly byName = new Map<string, string>()

  note({type, object}: Change): void {
    const {name} = object.metadata
    if (object.kind !== 'Service') return
    if (type === 'DELETED') return void this.byName.delete(name)
    const [address = ''] = addressesOf(object)
    const before = this.byName.get(name) ?? ''
    if (address === before) return
    if (before !== '') this.mistakes.push(`${name} had ${before}, and has ${address || 'none'}`)
    const other = [...this.byName].find(([, each]) => each === address)
    if (other) this.mistakes.push(`${name} and ${other[0]} have ${address}`)
    this.byName.set(name, address)
  }
}

function addressesOf(object: Manifest): string[] {
  const {loadBalancer} = (object['status'] ?? {}) as {loadBalancer?: {ingress?: {ip: string}[]}}
  return (loadBalancer?.ingress ?? []).map(({ip}) => ip)
}

class Group {
  readonly hosts: Host[] = []
  readonly seen = new Addresses()
  /** What happens to writes of the status. */
  onWrite: (path: string) => Fault | undefined = () => undefined
  /** The holder of the Lease of the leader whose renewals get no answer. */
  silenced: string | undefined
  private created = 0

  static async open(): Promise<Group> {
    const cluster = await DoubleCluster.open()
    const network = new Network(2)
    const group = new Group(cluster, network, await Hub.open(network, cluster.api.url))
    cluster.api.history.onChange((change) => group.seen.note(change))
    cluster.api.fault = (request) => group.faultOf(request)
    await cluster.put(aNode('node-1', HUB))
    for (const index of [0, 1]) {
      runIn(network.into(index), 'sysctl', '-qw', 'net.ipv4.ip_nonlocal_bind=1')
      group.hosts.push(await Host.open())
    }
    return group
  }

  private constructor(
    readonly cluster: DoubleCluster,
    private readonly network: Network,
    private readonly hub: Hub,
  ) {}

  async start(index: number): Promise<void> {
    const flags = [...this.hub.access, '--address-pool', RANGE, '--on-stop', 'leave', ...QUICKLY]
    this.hosts[index]?.start(flags, {through: this.network.into(index)})
    await this.hosts[index]?.untilLogged('lbex started')
  }

  /** Each Service is younger than those before it, and comes before them in the order of the names. */
  async create(count: number, namespace = 'default'): Promise<void> {
    for (const end = this.created + count; this.created < end; this.created += 1) {
      const name = `s${String(50 - this.created).padStart(2, '0')}`
      const service = aLoadBalancer(name, {listen: PORT, nodePort: this.hub.backendPort})
      const creationTimestamp = new Date(Date.UTC(2026, 0, 1, 0, this.created)).toISOString()
      const metadata = {...service.metadata, namespace, creationTimestamp}
      await this.cluster.put({...service, metadata}, aSlice(name))
    }
  }

  async removeOne(random: () => number): Promise<void> {
    await this.cluster.remove(pick(await this.cluster.all('Service'), random))
  }

  async untilOneLeads(among: readonly number[]): Promise<number> {
    const leader = (): number | undefined =>
      among.find((index) => {
        const messages = this.hosts[index]?.log().map(({msg}) => msg) ?? []
        return messages.findLast((msg) => msg.endsWith('leader of the group'))?.startsWith('became')
      })
    await waitFor(() => leader() !== undefined, {what: 'a leader', deadline: 60_000})
    return leader() as number
  }

  /** The leader goes on, and does not find out that another host has its Lease. */
  async silenceLeader(): Promise<void> {
    const leases = await this.cluster.all('Lease')
    const lease = leases.find(({metadata: {name}}) => !name.startsWith('lbex-host-'))
    assert.ok(lease)
    this.silenced = holderOf(lease['spec'])
    await this.cluster.patch(lease, {spec: {holderIdentity: ''}})
  }

  async untilAllHaveAddresses(except?: string): Promise<void> {
    const all = async (): Promise<boolean> =>
      (await this.cluster.all('Service')).every(
        (service) => service.metadata.namespace === except || addressesOf(service).length === 1,
      )
    await waitFor(all, {what: 'an address for each Service', deadline: 30_000})
  }

  async close(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.close()))
    await this.hub.close()
    this.network.close()
    await this.cluster.close()
  }

  private faultOf({verb, plural, path, body}: LoggedRequest): Fault | undefined {
    if (verb === 'patch' && plural === 'services/status') return this.onWrite(path)
    const holder = plural === 'leases' && verb === 'update' ? holderOf((body as Manifest)['spec']) : undefined
    return holder !== undefined && holder === this.silenced ? {kind: 'hang'} : undefined
  }
}

function shuffled<T>(all: readonly T[], random: () => number): T[] {
  return all
    .map((each) => ({each, at: random()}))
    .sort((a, b) => a.at - b.at)
    .map(({each}) => each)
}

function holderOf(spec: unknown): string | undefined {
  return (spec as {holderIdentity?: string} | undefined)?.holderIdentity
}

describe('a group of hosts with address pools', function () {
  this.timeout(2 * INTEGRATION_TIMEOUT)
  let group: Group | undefined

  before(function () {
    skipBecause(this, Network.whyNot())
  })
  afterEach(async () => {
    await group?.close()
    group = undefined
  })

  it(`gives no address twice and takes none away, while writes fail and leaders change (seed ${SEED})`, async () => {
    const random = randomNumbers(SEED)
    group = await Group.open()
    const {cluster, hosts, seen} = group
    await Promise.all([group.start(0), group.start(1)])
    const leader = await group.untilOneLeads([0, 1])

    // In one namespace the leader may not write, in the other one its writes fail.
    const faults = shuffled(FAULTS, random)
    group.onWrite = (path) => (path.includes(`/${CLOSED}/`) ? FORBIDDEN : faults.pop())
    await group.create(1, CLOSED)
    await group.create(4)
    await hosts[leader]?.untilLogged('write to the API server failed, retrying later')
    await group.untilAllHaveAddresses(CLOSED)
    await group.removeOne(random)

    // Two leaders at once: the API server accepts one of two writes. The new one does what the other one could not do.
    faults.push(...shuffled(FAULTS, random).slice(0, 2))
    group.onWrite = () => faults.pop()
    await group.silenceLeader()
    await group.untilOneLeads([1 - leader])
    await group.create(4)
    await group.untilAllHaveAddresses()
    await hosts[leader]?.end('SIGTERM')

    await group.removeOne(random)
    await group.create(2)
    await group.untilAllHaveAddresses()
    assert.deepEqual(seen.mistakes, [])
    const objects = await cluster.all('Service')
    const services = objects.map((object) => projectService(object as unknown as ApiService))
    const byName = Object.fromEntries(objects.map((each) => [each.metadata.name, addressesOf(each)]))
    const byKey = objects.map(({metadata: {namespace, name}}) => [`${namespace}/${name}`, byName[name] ?? []])
    const status = Object.fromEntries(byKey) as Record<string, string[]>
    assert.deepEqual(allocate(services, {pools: {default: [RANGE]}, status}), byName)
  })
})
