import assert from 'node:assert/strict'
import type {HealthCheck} from '../../../src/core/intent/health-check.js'
import type {LoadBalancer} from '../../../src/core/model/load-balancer.js'
import {probeTarget} from '../../../src/core/model/probe-target.js'
import {HealthMonitor, type MonitorDeps} from '../../../src/health/monitor.js'
import type {ProbeResult} from '../../../src/health/probe-result.js'
import {FakeClock} from '../controller/fake-clock.js'

const CHECK: HealthCheck = {
  ...{id: 'tcp', type: 'tcp', path: '/'},
  ...{interval: 5000, timeout: 2000, rise: 2, fall: 3},
}

function loadBalancer(
  addresses: readonly string[],
  healthCheck: HealthCheck | 'none' = CHECK,
  namespace = 'default',
): LoadBalancer {
  const servers = addresses.map((address) => ({address, port: 80, weight: 1, down: false}))
  const settings = {
    balancing: {algorithm: 'round_robin'},
    ...(healthCheck !== 'none' && {healthCheck}),
  } as const
  const upstream = {name: 'a', settings, servers, unknown: [], absent: []}
  const ref = {kind: 'Service', namespace, name: 'web'}
  return {services: [{ref, id: 'a', listeners: [], upstreams: [upstream]}], shared: []}
}

function idOf(address: string): string {
  return probeTarget({address, port: 80}, CHECK, 'default').id
}

/** Servers answer unless their address is in `dead`. */
class World {
  readonly clock = new FakeClock()
  readonly dead = new Set<string>()
  readonly probed: string[] = []
  readonly monitor: HealthMonitor

  constructor(deps: Partial<MonitorDeps> = {}) {
    this.monitor = new HealthMonitor({
      clock: this.clock,
      random: () => 0.5,
      probe: async ({address}): Promise<ProbeResult> => {
        this.probed.push(address)
        return this.dead.has(address) ? {ok: false, reason: 'connection refused'} : {ok: true}
      },
      ...deps,
    })
  }

  failing(): string[] {
    return [...this.monitor.failedChecks().keys()]
  }
}

describe('HealthMonitor', () => {
  let world: World
  beforeEach(() => {
    world = new World()
  })
  afterEach(() => world.monitor.stop())

  it('finds a server that dies, and one that comes back', async () => {
    const {clock, monitor, dead} = world
    let changes = 0
    monitor.onChange(() => (changes += 1))
    monitor.watch(loadBalancer(['10.0.0.1', '10.0.0.2']))
    dead.add('10.0.0.2')
    await clock.advance(12_000)
    assert.deepEqual([world.failing(), changes], [[], 0])
    await clock.advance(3000)
    assert.deepEqual([world.failing(), changes], [[idOf('10.0.0.2')], 1])
    dead.clear()
    await clock.advance(11_000)
    assert.deepEqual([world.failing(), changes], [[], 2])
  })

  it('keeps the state of servers that stay, and forgets the others', async () => {
    const {clock, monitor, dead} = world
    monitor.watch(loadBalancer(['10.0.0.1', '10.0.0.2', '10.0.0.3']))
    dead.add('10.0.0.2').add('10.0.0.3')
    await clock.advance(20_000)
    assert.equal(monitor.counts().failing, 2)
    monitor.watch(loadBalancer(['10.0.0.2', '10.0.0.4']))
    assert.deepEqual(world.failing(), [idOf('10.0.0.2')])
    world.probed.length = 0
    await clock.advance(6000)
    assert.deepEqual(new Set(world.probed), new Set(['10.0.0.2', '10.0.0.4']))
  })

  it('returns the same object while nothing changes', async () => {
    const {clock, monitor, dead} = world
    dead.add('10.0.0.1')
    monitor.watch(loadBalancer(['10.0.0.1']))
    await clock.advance(20_000)
    const before = monitor.failedChecks()
    await clock.advance(20_000)
    assert.equal(monitor.failedChecks(), before)
  })

  it('probes nothing without a check', async () => {
    world.monitor.watch(loadBalancer(['10.0.0.1'], 'none'))
    await world.clock.advance(20_000)
    assert.deepEqual(world.probed, [])
  })

  it('takes no server for dead before it was probed, and keeps what an earlier lbex knew', async () => {
    const known = new Map([[idOf('10.0.0.1'), {reason: 'status 500', since: 0, flapping: false, probed: 0}]])
    const later = new World({known})
    later.monitor.watch(loadBalancer(['10.0.0.1', '10.0.0.2']))
    assert.deepEqual(later.failing(), [idOf('10.0.0.1')])
    await later.clock.advance(9000)
    assert.deepEqual(later.failing(), [])
    await later.monitor.stop()
  })

  it('lets no namespace take all probes, and runs at most 500 at a time', async () => {
    const addresses = Array.from({length: 1200}, (_, index) => `10.0.${index >> 8}.${index & 255}`)
    let release = (): void => {}
    const released = new Promise<void>((resolve) => (release = resolve))
    const slow = new World({probe: async () => released.then(() => ({ok: true}) as const)})
    slow.monitor.watch(loadBalancer(addresses))
    await slow.clock.advance(6000)
    assert.equal(slow.monitor.counts().running, 100)
    const others = ['a', 'b', 'c', 'd', 'e', 'f'].map((namespace) =>
      loadBalancer(addresses, CHECK, namespace),
    )
    slow.monitor.watch({services: others.flatMap(({services}) => services), shared: []})
    await slow.clock.advance(6000)
    assert.equal(slow.monitor.counts().running, 500)
    release()
    await slow.clock.advance(200)
    assert.equal(slow.monitor.counts().running, 0)
    await slow.monitor.stop()
  })
})
