/** A group from its first `up` to its `down`, with refusals and lost answers for each kind of thing: the changes that it takes, and what there is then. */
import assert from 'node:assert/strict'
import {isChange, type ApiRequest} from '../../../support/gce-fake/http.js'
import {gceWorld, type World} from '../../../support/gce-fake/world.js'
import {
  allStruck,
  BUSY,
  cleanState,
  comparable,
  CREATION,
  DENIED,
  failEach,
  request,
  TOO_MANY,
  type Pick,
  type Stage,
} from './stage.js'

const FLAGS = ['--no-address', '--can-ip-forward']
const CHANGED = [...FLAGS, '--num-autoscale=5', '--machine-type=e2-medium', '--ports=53/udp,80']

export function lifeScenarios({open, brief}: Stage): void {
  describe('a whole life', () => {
    it('makes the recorded changes in spite of refused and lost requests, and leaves nothing behind', async () => {
      const recorded = await gceWorld()
      const expected = await life(recorded, brief).finally(() => recorded.close())
      const world = await open()
      try {
        const company = expectCompany(world)
        assert.deepEqual(await life(world, brief), expected)
        assert.ok(company.size >= 5)
      } finally {
        await world.close()
      }
    })
  })
}

/** The changes of each part, as the API gets them. Each once: the real gcloud itself sends some again when an answer is lost. */
async function life(world: World, brief: boolean): Promise<string[][]> {
  const untouched = world.fake.state()
  const parts: string[][] = []
  const part = async (run: () => Promise<void>): Promise<void> => {
    const from = world.fake.http.requests.length
    await run()
    assert.ok(allStruck(world))
    parts.push(changesOf(world, from))
  }
  await part(() => (brief ? upInTwoRuns(world) : upAtLast(world)))
  await part(() => upAgain(world))
  await part(() => upChanged(world))
  if (!brief) await part(() => downRefused(world))
  await part(() => downWithLosses(world))
  assert.deepEqual(world.fake.state(), untouched)
  return parts
}

/** What is refused in one run loses its answer in the next: it is made, and nobody is told. */
async function upAtLast(world: World): Promise<void> {
  const {account, role, subnet, router, nat, template, group, autoscaler, healthCheck} = CREATION
  const toCluster = (sent: ApiRequest): boolean =>
    CREATION.firewall(sent) && (sent.body as {name: string}).name === 'web-to-cluster'
  await refused(world, [account, healthCheck], [subnet, toCluster, router, nat])
  failEach(world, [healthCheck], BUSY)
  await refused(world, [role, template], [account])
  await refused(world, [group], [role, template])
  await refused(world, [autoscaler], [group])
  await upWithLosses(world, [autoscaler])
}

/** One refusal, then a run in which all later creations lose their answers. */
async function upInTwoRuns(world: World): Promise<void> {
  const {account, role, subnet, template, group, autoscaler, healthCheck} = CREATION
  await refused(world, [account, healthCheck], [subnet])
  await upWithLosses(world, [account, role, template, group, autoscaler])
}

async function upWithLosses(world: World, lost: readonly Pick[]): Promise<void> {
  failEach(world, lost, 'lost')
  failEach(world, [request('GET', '/healthChecks/web-health')], TOO_MANY)
  const {exitCode, notes} = await world.up(...FLAGS)
  assert.deepEqual([exitCode, notes], [0, ''])
  assert.deepEqual(comparable(world), await cleanState(...FLAGS))
}

async function refused(world: World, picks: readonly Pick[], lost: readonly Pick[]): Promise<void> {
  failEach(world, picks, DENIED)
  failEach(world, lost, 'lost')
  assert.equal((await world.up(...FLAGS)).exitCode, 3)
}

/** Each reading is a second of a CPU. */
const MOST_QUERIES = 11

async function upAgain(world: World): Promise<void> {
  const from = world.fake.http.requests.length
  const {output, exitCode} = await world.up(...FLAGS)
  assert.deepEqual([output, exitCode], ['web is up: nothing to change\n', 0])
  const gclouds = new Set(world.fake.http.requests.slice(from).map(({invocation}) => invocation))
  assert.ok(gclouds.size <= MOST_QUERIES, `${gclouds.size} gclouds`)
}

async function upChanged(world: World): Promise<void> {
  Object.assign(world.fake.compute.get('projects/my-project/global/healthChecks/web-health') ?? {}, {
    checkIntervalSec: 99,
  })
  const router = world.fake.compute.get('projects/my-project/regions/us-central1/routers/web-router')
  const [nat] = router?.['nats'] as {subnetworks: unknown}[]
  Object.assign(nat ?? {}, {
    subnetworks: [{name: 'x/subnetworks/other', sourceIpRangesToNat: ['ALL_IP_RANGES']}],
  })
  const {exitCode, notes} = await world.up(...CHANGED)
  assert.deepEqual([exitCode, notes], [0, ''])
  assert.match(JSON.stringify(router), /subnetworks\/web-subnet"/)
}

async function downRefused(world: World): Promise<void> {
  failEach(world, [request('DELETE', '/web-health'), request('DELETE', '/web-to-cluster')], DENIED)
  const {exitCode, notes} = await world.down('--yes')
  assert.deepEqual(
    [exitCode, notes.match(/^left: .*$/gm)],
    [1, ['left: firewall rule web-to-cluster', 'left: health check web-health']],
  )
}

async function downWithLosses(world: World): Promise<void> {
  failEach(world, [request('DELETE', '/web-health')], 'lost')
  failEach(world, [request('DELETE', '/web-to-cluster')], 'cut')
  const {exitCode, notes} = await world.down('--yes')
  assert.deepEqual([exitCode, notes], [0, ''])
}

function changesOf(world: World, from: number): string[] {
  const sent = world.fake.http.requests.slice(from).filter(isChange)
  return [...new Set(sent.map((change) => told(change, world)))].sort()
}

/** A change as the API gets it, without what is drawn or depends on the port. */
function told({method, path, query, body}: ApiRequest, {fake}: World): string {
  const text = `${method} ${path} ${query.has('autoscaler') ? 'autoscaler' : ''} ${JSON.stringify(body, sortedKeys) ?? ''}`
  return text
    .replaceAll(fake.http.url, '')
    .replace(/web-group-[0-9a-z]{4}/g, 'web-group-x')
    .replace(/"etag":"[^"]*",?/g, '')
}

function sortedKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Answers the creations that need nothing only when a second gcloud has sent one: one after the other would never end. */
function expectCompany({fake}: World): Set<string> {
  const company = new Set<string>()
  let meet = (): void => {}
  const meeting = new Promise<void>((resolve) => {
    meet = resolve
  })
  fake.http.before = async (sent) => {
    if (![CREATION.firewall, CREATION.subnet, CREATION.healthCheck].some((matches) => matches(sent))) return
    if (company.add(sent.invocation).size > 1) meet()
    await meeting
  }
  return company
}
