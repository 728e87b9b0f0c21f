/** A cold start of a large cluster, and a long series of faults of the API server. */
import assert from 'node:assert/strict'
import type {Ingress} from '../../../src/core/cluster/written-state.js'
import type {DirectFault} from '../../support/api-double/direct-access.js'
import {busy, internalError, refusal} from '../../support/api-double/status.js'
import {below, pick, randomNumbers} from '../../support/random.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'
import {ofOurClass} from './support.js'
import {World} from './world.js'

const conflict = refusal(409, 'Conflict', 'changed')
const invalid = refusal(422, 'Invalid', 'invalid')
const forbidden = refusal(403, 'Forbidden', 'no')

/** Advances the time in steps until nothing is left to write soon. Returns the milliseconds that it took. */
async function untilDone({publisher, clock}: World, step: number): Promise<number> {
  const begun = clock.monotonic()
  let isDone = false
  void publisher.flush(3_600_000).then(() => (isDone = true))
  while (!isDone) await clock.advance(step)
  return clock.monotonic() - begun
}

describe('publish/publisher, under load', function () {
  this.timeout(3 * INTEGRATION_TIMEOUT)

  it('writes 5,000 Services at the allowed rate to an API server that is slow and fails, each once', async () => {
    const SERVICES = 5000
    const world = new World()
    const {clock, access} = world
    world.services = Array.from({length: SERVICES}, (_, at) =>
      ofOurClass(`web-${at}`, portsFrom(20_000 + at)),
    )
    for (const {ref, type, loadBalancerClass} of world.services)
      world.history.put({
        kind: 'Service',
        metadata: {name: ref.name, namespace: ref.namespace},
        spec: {type, loadBalancerClass},
      })
    const uids = new Map(world.services.map(({ref: {name}}) => [name, world.stored(name)!.metadata.uid]))
    world.services = world.services.map((service) => ({...service, uid: uids.get(service.ref.name)!}))
    const times: number[] = []
    const write = access.write.bind(access)
    access.write = async (request, signal) => {
      times.push(clock.monotonic())
      await clock.delay(500)
      return write(request, signal)
    }
    const faults = [conflict, busy(1), forbidden, internalError]
    let count = 0
    access.fault = ({subresource}) => {
      const isFault = subresource === 'status' && (count += 1) % 50 === 0
      return isFault ? faults[(count / 50) % faults.length] : undefined
    }
    await world.reconcile({}, 0)
    const took = await untilDone(world, 1000)
    await world.close()
    const wrong = world.services.filter(({ref: {name}}) => world.addresses(name).join() !== '203.0.113.7')
    assert.deepEqual(wrong, [])
    const results = world.writes.filter((result) => result.startsWith('status'))
    const failed = results.filter((result) => result !== 'status written')
    assert.equal(results.length - failed.length, SERVICES)
    assert.deepEqual([...new Set(failed)].sort(), ['status conflict', 'status failed', 'status forbidden'])
    assert.ok(failed.length >= SERVICES / 50)
    assert.ok(took >= ((SERVICES + failed.length) / 20 - 2) * 1000, `${took} ms`)
    for (const [at, time] of times.entries())
      assert.ok(at < 20 || time - (times[at - 20] ?? 0) > 999, `more than 20 writes in 1 s at ${time} ms`)
  })

  it('has the right status everywhere after 20,000 faults, and keeps to the limit of Events', async () => {
    const seed = 7
    const random = randomNumbers(seed)
    const names = Array.from({length: 100}, (_, at) => `web-${at}`)
    const world = new World({writesPerSecond: 1000})
    for (const [at, name] of names.entries()) world.put(ofOurClass(name, portsFrom(9000 + at)))
    let faults = 0
    const rare: readonly DirectFault[] = ['reset', 'lose', busy(1), forbidden, invalid]
    world.access.fault = () => {
      if (random() > 0.75) return undefined
      faults += 1
      // The others pause all writes, or those of the namespace.
      return random() < 0.95 ? pick([internalError, conflict], random) : pick(rare, random)
    }
    for (let round = 0; faults < 20_000; round += 1) {
      for (let change = 0; change < 5; change += 1) {
        const name = pick(names, random)
        const type = random() < 0.8 ? 'LoadBalancer' : 'ClusterIP'
        world.put({...ofOurClass(name, portsFrom(9000 + below(120, random))), type})
      }
      await world.setHosts([[`203.0.113.${1 + (round % 200)}`]])
      if (random() < 0.05) await world.lead(false)
      await world.lead(true)
      await world.reconcile({idle: [pick(names, random)]}, below(600_000, random))
    }
    world.access.fault = undefined
    await world.setHosts([['203.0.113.250']])
    await world.reconcile({}, 700_000)
    await untilDone(world, 60_000)
    await world.close()
    assert.equal(outline(world), await computedAfresh(world))
    expectFewEvents(world)
  })
})

function portsFrom(listen: number): {readonly ports: Readonly<Record<string, number>>} {
  return {ports: {main: listen}}
}

/** A burst of 25, and then one in five minutes. */
function expectFewEvents({clock, history}: World): void {
  const counts = new Map<string, number>()
  for (const {type, object} of history.changesSince(0) ?? []) {
    if (object.kind !== 'Event' || type === 'DELETED') continue
    const {name} = object['regarding'] as {name: string}
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  assert.ok(counts.size > 50)
  const most = 25 + clock.monotonic() / 300_000
  for (const [name, count] of counts) assert.ok(count <= most, `${count} writes of Events about ${name}`)
}

async function computedAfresh({services}: World): Promise<string> {
  const fresh = new World({writesPerSecond: 1000})
  for (const service of services) fresh.put(service)
  await fresh.setHosts([['203.0.113.250']])
  await fresh.reconcile({}, 700_000)
  await fresh.close()
  return outline(fresh)
}

function outline(world: World): string {
  const ingressOf = ({ref: {name}}: (typeof world.services)[number]): [string, readonly Ingress[]] => [
    name,
    world.ingress(name),
  ]
  return JSON.stringify(world.services.map(ingressOf).sort(([a], [b]) => (a < b ? -1 : 1)))
}
