/** The real gcloud against the fake APIs: the same requests as its stand-in sends, and the same end. Each command takes it a second. */
import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {run} from '../../../src/exec/run.js'
import type {RunGcloud} from '../../../src/gce/gcloud.js'
import type {ApiRequest, Fault} from '../../support/gce-fake/http.js'
import {gceWorld, type World} from '../../support/gce-fake/world.js'
import {temporaryFolder} from '../../support/temporary-folder.js'

const BUSY: Fault['effect'] = {
  status: 503,
  body: {error: {code: 503, message: 'The service is currently unavailable.'}},
}

const FLAGS = ['--no-address', '--can-ip-forward']

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

function changesOf(world: World, from: number): string[] {
  const {requests} = world.fake.http
  return requests
    .slice(from)
    .filter(
      ({method, path}) => method !== 'GET' && !/\/wait$|:getIamPolicy$|\/listManagedInstances$/.test(path),
    )
    .map((request) => told(request, world))
    .sort()
}

/** Up with trouble on the way, up with other options, down: the changes of each. */
async function life(world: World): Promise<string[][]> {
  const parts: string[][] = []
  world.fake.fail({
    matches: ({method, path}) => method === 'POST' && path.endsWith('/subnetworks'),
    effect: 'lost',
  })
  world.fake.fail({
    matches: ({method, path}) => method === 'POST' && path.endsWith('/healthChecks'),
    effect: BUSY,
  })
  const changed = [...FLAGS, '--num-autoscale=5', '--machine-type=e2-medium', '--ports=53/udp,80']
  const drift = (): void => {
    const check = world.fake.compute.get('projects/work/global/healthChecks/web-health')
    Object.assign(check ?? {}, {checkIntervalSec: 99})
  }
  for (const part of [
    () => world.up(...FLAGS),
    () => {
      drift()
      return world.up(...changed)
    },
    () => world.down('--yes'),
  ]) {
    const from = world.fake.http.requests.length
    const {exitCode, notes} = await part()
    assert.deepEqual([exitCode, notes], [0, ''])
    parts.push(changesOf(world, from))
  }
  return parts
}

describe('gce: the real gcloud', function () {
  this.timeout(300_000)

  before(function () {
    if (!spawnSync('gcloud', ['--version']).error) return
    console.log('    skipped: gcloud is not installed; its stand-in runs the same in scenarios.test.ts')
    this.skip()
  })

  async function realWorld(): Promise<{world: World; remove: () => Promise<void>}> {
    const folder = await temporaryFolder()
    let env: Record<string, string> = {}
    const runReal: RunGcloud = (args, signal) =>
      run('gcloud', args, {
        timeout: 120_000,
        signal,
        env: {PATH: process.env['PATH'] ?? '', HOME: folder.path, CLOUDSDK_CORE_DISABLE_PROMPTS: '1', ...env},
      })
    const world = await gceWorld({operationTime: 20, wrapGcloud: () => runReal})
    env = await world.fake.environment(folder.path)
    return {
      world,
      remove: async () => {
        await world.close()
        await folder.remove()
      },
    }
  }

  it('sends the same changes as its stand-in, from the first up to the down', async () => {
    const stand = await gceWorld()
    const expected = await life(stand)
    await stand.close()
    const {world, remove} = await realWorld()
    try {
      const untouched = world.fake.state()
      const company = expectCompany(world)
      assert.deepEqual(await life(world), expected)
      assert.deepEqual(world.fake.state(), untouched)
      assert.ok(company.size >= 5)
    } finally {
      await remove()
    }
  })
})

/** Answers the creations that need nothing only when a second gcloud has sent one: one after the other would never end. */
function expectCompany({fake}: World): Set<string> {
  const company = new Set<string>()
  let meet = (): void => {}
  const meeting = new Promise<void>((resolve) => {
    meet = resolve
  })
  fake.http.before = async ({method, path, invocation}) => {
    if (method !== 'POST' || !/\/(firewalls|subnetworks|healthChecks)$/.test(path)) return
    if (company.add(invocation).size > 1) meet()
    await meeting
  }
  return company
}
