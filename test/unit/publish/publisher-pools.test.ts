/** Addresses of pools in the status: one leader decides, the status remembers, and two leaders never replace each other's choice. */
import assert from 'node:assert/strict'
import {ALLOCATE_ALL} from '../../../src/core/addresses/allocation-state.js'
import {poolsOf} from '../../support/address-pools.js'
import {ofOurClass} from './support.js'
import {World, type WorldOptions} from './world.js'

const POOLS = {addressPools: poolsOf({default: ['192.0.2.0/30']})}
const allocation = ALLOCATE_ALL

describe('publish/publisher, with address pools', () => {
  let worlds: World[]
  const open = (options: WorldOptions = {}, of?: World): World => {
    const world = new World(options, of?.history)
    worlds.push(world)
    return world
  }

  beforeEach(() => (worlds = []))
  afterEach(() => Promise.all(worlds.map((world) => world.close())))

  it('publishes the address of the pool, whatever the hosts have and --publish-address is', async () => {
    const world = open({addresses: ['lb.example']})
    for (const name of ['a', 'b']) world.put(ofOurClass(name))
    await world.reconcile(POOLS)
    const ports = [{port: 8080, protocol: 'TCP'}]
    assert.deepEqual(world.ingress('a'), [{ip: '192.0.2.0', ipMode: 'Proxy', ports}])
    assert.deepEqual(world.addresses('b'), ['192.0.2.1'])
    await world.reconcile(POOLS)
    assert.equal(world.writes.filter((write) => write === 'status written').length, 2)
  })

  it('keeps the address of a Service without a listener, with the errors of its ports', async () => {
    const world = open()
    world.put(ofOurClass('a'))
    await world.reconcile(POOLS)
    world.put(ofOurClass('a', {ports: {main: 'x'}}))
    await world.reconcile(POOLS)
    assert.deepEqual(world.addresses('a'), ['192.0.2.0'])
    assert.deepEqual(
      world.ingress('a')[0]?.ports?.map(({error}) => error),
      ['loadbalancer.lbex/PortInvalid'],
    )
  })

  it('keeps an address that is no longer in a pool, so that the error stays until it is fixed', async () => {
    const world = open()
    world.put(ofOurClass('a'))
    await world.reconcile(POOLS)
    const smaller = {addressPools: poolsOf({default: ['192.0.2.1']})}
    for (let round = 0; round < 2; round += 1) {
      await world.reconcile(smaller)
      assert.deepEqual(world.addresses('a'), ['192.0.2.0'])
    }
    assert.deepEqual(
      world.ingress('a')[0]?.ports?.map(({error}) => error),
      ['loadbalancer.lbex/AddressOutsidePool'],
    )
    assert.ok(world.reasons().includes('AddressOutsidePool a'))
  })

  it('keeps the address while the Service names a pool that lbex does not have', async () => {
    const world = open()
    world.put(ofOurClass('a'))
    await world.reconcile(POOLS)
    const annotations = {'loadbalancer.lbex/address-pool': 'publik'}
    world.put(ofOurClass('a', {fields: {annotations}}))
    world.put(ofOurClass('b'))
    await world.reconcile(POOLS)
    assert.deepEqual(world.addresses('a'), ['192.0.2.0'])
    assert.equal(world.ingress('a')[0]?.ports?.[0]?.error, 'loadbalancer.lbex/AddressPoolUnknown')
    assert.deepEqual(world.addresses('b'), ['192.0.2.1'])
  })

  it('clears the status of a Service that gets no address', async () => {
    const world = open()
    world.put(ofOurClass('a'))
    await world.reconcile(POOLS)
    const annotations = {'loadbalancer.lbex/listen-address': '198.51.100.1'}
    world.put(ofOurClass('a', {fields: {annotations}}))
    await world.reconcile(POOLS)
    assert.deepEqual(world.ingress('a'), [])
  })

  it('does not change the status while it does not decide', async () => {
    const world = open()
    world.put(ofOurClass('a'), {
      status: {loadBalancer: {ingress: [{ip: '203.0.113.7', ipMode: 'Proxy'}]}},
    })
    await world.reconcile({...POOLS, host: {allocation: {allocates: false, chosen: new Map()}}})
    assert.deepEqual(world.addresses('a'), ['203.0.113.7'])
  })

  it('does not replace the choice of another leader, and takes it over', async () => {
    const first = open()
    first.put(ofOurClass('a'))
    const second = open({}, first)
    second.services = first.services
    // Both decide before either has written.
    const other = new Map([['default/a', ['192.0.2.3']]])
    await Promise.all([
      first.reconcile({...POOLS, host: {allocation}}, 0),
      second.reconcile({...POOLS, host: {allocation: {...ALLOCATE_ALL, chosen: other}}}, 0),
    ])
    for (let round = 0; round < 4; round += 1) for (const world of worlds) await world.clock.advance(1000)
    const [winner] = first.addresses('a')
    assert.ok(winner === '192.0.2.0' || winner === '192.0.2.3')
    assert.equal(worlds.flatMap(({writes}) => writes).filter((write) => write === 'status written').length, 1)
    for (const world of worlds) {
      await world.reconcile({...POOLS, host: {allocation}})
      assert.deepEqual(world.addresses('a'), [winner])
    }
  })

  it('sends the version that it has seen, so that the API server rejects a write in between', async () => {
    const world = open()
    const write = world.access.write.bind(world.access)
    const versions: unknown[] = []
    world.access.write = (request, signal) => {
      const {metadata} = (request as {body?: {metadata?: {resourceVersion?: unknown}}}).body ?? {}
      if (request.subresource === 'status') versions.push(metadata?.resourceVersion)
      return write(request, signal)
    }
    world.put(ofOurClass('a'))
    const seen = world.stored('a')?.metadata.resourceVersion
    await world.reconcile(POOLS)
    assert.notEqual(seen, undefined)
    assert.deepEqual(versions, [seen])
  })
})
