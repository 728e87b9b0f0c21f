/** Several groups of hosts publish to one cluster: by pool, by class, or by mistake the same Service. */
import assert from 'node:assert/strict'
import {DEFAULT_INTENT_OPTIONS, type IntentOptions} from '../../../src/core/intent/options.js'
import {ofOurClass} from './support.js'
import {World, type WorldOptions} from './world.js'

const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup'
const DELETED = '2030-02-01T00:00:00Z'

describe('publish/publisher, with several groups', () => {
  let worlds: World[]
  const open = (options: WorldOptions = {}, of?: World): World => {
    const world = new World(options, of?.history)
    worlds.push(world)
    return world
  }
  const ofPool = (servicePool: string): IntentOptions => ({...DEFAULT_INTENT_OPTIONS, servicePool})
  const inPool = (name: string, pool: string) => ({
    ...ofOurClass(name),
    annotations: {...ofOurClass(name).annotations, 'loadbalancer.lbex/service-pool': pool},
  })

  beforeEach(() => (worlds = []))
  afterEach(() => Promise.all(worlds.map((world) => world.close())))

  /** Another lbex of the same group, as after a restart. */
  async function restart(world: World): Promise<World> {
    await world.close()
    const next = open(world.options, world)
    next.services = world.services
    return next
  }

  describe('clears a status after a restart', () => {
    async function changedMeanwhile(change: (world: World) => void): Promise<World> {
      const world = open({group: 'a'})
      world.put(ofOurClass('web'))
      await world.reconcile()
      await world.close()
      change(world)
      const next = await restart(world)
      await next.setHosts([['203.0.113.9']])
      await next.reconcile()
      return next
    }

    it('if the Service has another pool now', async () => {
      const world = await changedMeanwhile((before) => before.put(inPool('web', 'b')))
      assert.deepEqual(world.ingress('web'), [])
    })

    it('if the Service has another class now', async () => {
      const world = await changedMeanwhile((before) =>
        before.put({...ofOurClass('web'), loadBalancerClass: 'other'}),
      )
      assert.deepEqual(world.ingress('web'), [])
    })

    it('but not if another group has written it, even with the same address', async () => {
      const world = await changedMeanwhile((before) => {
        before.put(inPool('web', 'b'))
        const {history} = before
        const ingress = [{ip: '203.0.113.9', ipMode: 'Proxy'}]
        history.put({...before.stored('web')!, status: {loadBalancer: {ingress}}}, 'lbex.b')
      })
      assert.deepEqual(world.addresses('web'), ['203.0.113.9'])
      assert.deepEqual(world.writes, [])
    })
  })

  describe('after the group got another name', () => {
    async function renamed(): Promise<World> {
      const before = open({group: 'a'})
      before.put(ofOurClass('web'))
      await before.reconcile()
      await before.close()
      const world = open({group: 'b'}, before)
      world.services = before.services
      await world.reconcile()
      assert.deepEqual([world.writes, world.addresses('web')], [[], ['203.0.113.7']])
      return world
    }

    it('clears the status that it kept, when the Service moves to another pool', async () => {
      const world = await renamed()
      world.put(inPool('web', 'c'))
      await world.reconcile()
      assert.deepEqual(world.ingress('web'), [])
    })

    it('keeps a status that another lbex or another client has changed since', async () => {
      for (const manager of ['lbex.c', 'kubectl']) {
        const world = await renamed()
        world.put(inPool('web', 'c'))
        const ingress = [{ip: '203.0.113.9', ipMode: 'Proxy'}]
        world.history.put({...world.stored('web')!, status: {loadBalancer: {ingress}}}, manager)
        await world.reconcile()
        assert.deepEqual([world.addresses('web'), world.writes], [['203.0.113.9'], []], manager)
      }
    })
  })

  it('removes the finalizer of a deleted Service only if that Service is in its pool', async () => {
    const world = open({group: 'a', selection: ofPool('a')})
    for (const pool of ['a', 'b']) {
      const service = {...inPool(`web-${pool}`, pool), deletionTimestamp: DELETED}
      const {metadata, ...stored} = world.history.get('Service', 'default', world.put(service).ref.name)!
      const finalizers = ['a/b', FINALIZER]
      world.history.put({...stored, metadata: {...metadata, deletionTimestamp: DELETED, finalizers}})
    }
    await world.reconcile({servicePool: 'a'})
    assert.deepEqual(world.finalizers('web-a'), ['a/b'])
    assert.deepEqual(world.finalizers('web-b'), ['a/b', FINALIZER])
  })

  describe('of which two serve the same Service', () => {
    let first: World
    let second: World

    beforeEach(async () => {
      first = open({group: 'a'})
      second = open({group: 'b'}, first)
      await second.setHosts([['203.0.113.9']])
      const services = [first.put(ofOurClass('web'))]
      for (const world of [first, second]) {
        world.services = services
        await world.reconcile()
      }
    })

    async function pass(milliseconds: number): Promise<void> {
      for (let passed = 0; passed < milliseconds; passed += 10_000)
        for (const world of [first, second]) await world.clock.advance(10_000)
    }

    const statusWrites = (world: World) => world.writes.filter((write) => write === 'status written').length

    it('the status is not replaced forever, and both report it', async () => {
      await pass(4 * 3_600_000)
      for (const world of [first, second]) {
        const count = statusWrites(world)
        assert.ok(count >= 3 && count <= 14, `${count} writes`)
        const warnings = world.log.lines.filter(([level]) => level === 'warn')
        assert.deepEqual(
          warnings.map(([, text]) => text),
          ['another client writes the status of Services too'],
        )
      }
      assert.match(JSON.stringify(first.log.lines), /"client":"lbex of the group b"/)
      const notes = first.events().filter(({reason}) => reason === 'StatusContested')
      assert.deepEqual([...new Set(notes.map(({note}) => note.split(';')[0]))].sort(), [
        'lbex of the group a writes the status of this Service too: 203.0.113.7 instead of 203.0.113.9',
        'lbex of the group b writes the status of this Service too: 203.0.113.9 instead of 203.0.113.7',
      ])
    })

    it('an address that changes is written at once by the group whose status is published', async () => {
      await pass(60_000)
      const [owner] = first.addresses('web')
      const world = owner === '203.0.113.7' ? first : second
      const other = world === first ? second : first
      await other.close()
      await world.setHosts([['203.0.113.20']])
      assert.deepEqual(world.addresses('web'), ['203.0.113.20'])
    })

    it('the other group takes over if the first one is gone', async () => {
      await pass(60_000)
      const isFirst = first.addresses('web')[0] === '203.0.113.7'
      const [gone, other] = isFirst ? [first, second] : [second, first]
      await gone.close()
      await other.clock.advance(1_800_000)
      assert.deepEqual(other.addresses('web'), [isFirst ? '203.0.113.9' : '203.0.113.7'])
    })
  })
})
