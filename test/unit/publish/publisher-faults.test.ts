/** After any faults of the API server, every Service has the status that a new publisher would compute. */
import assert from 'node:assert/strict'
import type {Ingress} from '../../../src/core/cluster/written-state.js'
import type {DirectFault} from '../../support/api-double/direct-access.js'
import {busy, internalError, refusal} from '../../support/api-double/status.js'
import {pick, randomNumbers} from '../../support/random.js'
import {ofOurClass} from './support.js'
import {World} from './world.js'

const FAULTS: readonly DirectFault[] = [
  'reset',
  'lose',
  internalError,
  busy(1),
  refusal(403, 'Forbidden', 'no'),
  refusal(409, 'Conflict', 'changed'),
  refusal(422, 'Invalid', 'invalid'),
]

async function live(seed: number, rounds: number): Promise<{faults: number; found: string; fresh: string}> {
  const random = randomNumbers(seed)
  const names = Array.from({length: 12}, (_, at) => `web-${at}`)
  const world = new World({writesPerSecond: 1000, finalizer: seed % 2 === 0})
  let faults = 0
  world.access.fault = () => {
    if (random() > 0.6) return undefined
    faults += 1
    return pick(FAULTS, random)
  }
  for (let round = 0; round < rounds; round += 1) {
    const name = pick(names, random)
    const type = pick(['LoadBalancer', 'LoadBalancer', 'ClusterIP'], random)
    if (random() < 0.1) world.delete(name)
    else world.put({...ofOurClass(name, {ports: {main: 9000 + Math.floor(random() * 8)}}), type})
    if (random() < 0.2) await world.setHosts([[pick(['203.0.113.7', '203.0.113.8'], random)]])
    if (random() < 0.1) await world.lead(random() < 0.5)
    await world.reconcile({idle: random() < 0.3 ? [pick(names, random)] : []}, random() * 400_000)
  }
  world.access.fault = undefined
  await world.setHosts([['203.0.113.9']])
  await world.lead(true)
  await world.reconcile({}, 700_000)
  const found = outline(world)
  await world.close()
  const fresh = new World({writesPerSecond: 1000})
  for (const service of world.services) fresh.put(service)
  await fresh.setHosts([['203.0.113.9']])
  await fresh.reconcile({}, 700_000)
  await fresh.close()
  return {faults, found, fresh: outline(fresh)}
}

function outline(world: World): string {
  const each = world.services.map(({ref: {name}}): [string, readonly Ingress[]] => [
    name,
    world.ingress(name),
  ])
  return JSON.stringify(
    each.sort(([a], [b]) => (a < b ? -1 : 1)),
    null,
    1,
  )
}

describe('a publisher in front of an API server that fails', () => {
  for (const seed of [1, 2, 3]) {
    it(`writes every status correctly in the end (seed ${seed})`, async () => {
      const {faults, found, fresh} = await live(seed, 60)
      assert.ok(faults > 50, `${faults} faults`)
      assert.equal(found, fresh)
    })
  }
})
