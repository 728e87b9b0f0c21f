import assert from 'node:assert/strict'
import type {HealthCheck} from '../../../src/core/intent/health-check.js'
import type {LoadBalancer} from '../../../src/core/model/load-balancer.js'
import {probeTarget} from '../../../src/core/model/probe-target.js'
import {HealthMonitor, type MonitorDeps} from '../../../src/health/monitor.js'
import type {Decide, ProbeResult, RunningProbe} from '../../../src/health/probe-result.js'
import {FakeClock, settled} from '../controller/fake-clock.js'

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

const NEVER: RunningProbe = {end() {}}

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
      probe: ({address}, decide) => {
        this.probed.push(address)
        const result: ProbeResult = this.dead.has(address)
          ? {ok: false, reason: 'connection refused'}
          : {ok: true}
        queueMicrotask(() => decide(result))
        return NEVER
      },
      ...deps,
    })
  }

  failing(): string[] {
    return [...this.monitor.failedChecks().keys()]
  }
}

/** A clock that stands still until the process continues at another time, however much later. */
function stoppableClock(): {clock: MonitorDeps['clock']; continueAt: (time: number) => void} {
  let [time, wake] = [0, (): void => {}]
  const delay = (_: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve
      if (signal?.aborted) resolve()
      else if (signal) signal.onabort = () => resolve()
    })
  const continueAt = (later: number): void => {
    time = later
    wake()
  }
  return {clock: {now: () => time, monotonic: () => time, delay}, continueAt}
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

  it('does not take over what an earlier lbex knew in the future of this clock', async () => {
    const failure = {reason: 'status 500', since: 0, flapping: false}
    const known = new Map([[idOf('10.0.0.1'), {...failure, probed: 3 * CHECK.interval}]])
    const later = new World({known})
    later.monitor.watch(loadBalancer(['10.0.0.1']))
    assert.deepEqual(later.failing(), [])
    await later.monitor.stop()
  })

  it('lets no namespace take all probes, and runs at most 500 at a time', async () => {
    const addresses = Array.from({length: 1200}, (_, index) => `10.0.${index >> 8}.${index & 255}`)
    const decisions: Decide[] = []
    const slow = new World({probe: (_, decide) => (decisions.push(decide), NEVER)})
    const check = {...CHECK, timeout: 60_000}
    slow.monitor.watch(loadBalancer(addresses, check))
    await slow.clock.advance(6000)
    assert.equal(slow.monitor.counts().running, 250)
    const others = ['a', 'b', 'c', 'd'].map((namespace) => loadBalancer(addresses, check, namespace))
    const {services} = loadBalancer(addresses, check)
    slow.monitor.watch({services: [...services, ...others.flatMap((other) => other.services)], shared: []})
    await slow.clock.advance(6000)
    assert.equal(slow.monitor.counts().running, 500)
    for (const decide of [...decisions]) decide({ok: true})
    assert.equal(slow.monitor.counts().succeeded, 500)
    await slow.monitor.stop()
    assert.equal(slow.monitor.counts().running, 0)
  })

  it('knows the namespace whose probes are fewer than requested, and tells when that changes', async () => {
    const {clock} = world
    const monitor = new HealthMonitor({clock, probe: () => NEVER, random: () => 0.5})
    let changes = 0
    monitor.onChange(() => (changes += 1))
    const addresses = Array.from({length: 1000}, (_, index) => `10.0.${index >> 8}.${index & 255}`)
    const check = {...CHECK, interval: 1000, timeout: 1000}
    monitor.watch(loadBalancer(addresses, check, 'shop'))
    assert.deepEqual([monitor.slowChecks(), changes], [new Map(), 0])
    await clock.advance(10_000)
    assert.deepEqual([monitor.slowChecks(), changes >= 1], [new Map([['shop', 4]]), true])
    const before = changes
    monitor.watch(
      loadBalancer(
        [...addresses, ...addresses].map((each, at) => `${each}${at}`),
        check,
        'shop',
      ),
    )
    monitor.watch(loadBalancer([], check, 'shop'))
    assert.deepEqual([monitor.slowChecks(), changes > before], [new Map(), true])
    await monitor.stop()
  })

  it('ends a probe at its timeout, and takes no later result', async () => {
    const ended: string[] = []
    const decisions: Decide[] = []
    const atTimeout = {ok: true} as const
    const silent = new World({
      probe: ({address}, decide) => {
        decisions.push(decide)
        return {end: () => ended.push(address), ...(address === '10.0.0.2' && {atTimeout})}
      },
    })
    silent.monitor.watch(loadBalancer(['10.0.0.1', '10.0.0.2'], {...CHECK, fall: 1}))
    await silent.clock.advance(2500 + CHECK.timeout - 1)
    assert.deepEqual([ended, silent.failing()], [[], []])
    await silent.clock.advance(100)
    assert.deepEqual(ended, ['10.0.0.1', '10.0.0.2'])
    assert.equal(silent.monitor.failedChecks().get(idOf('10.0.0.1'))?.reason, 'no answer within 2000 ms')
    for (const decide of decisions) decide({ok: false, reason: 'late'})
    const {succeeded, failed, running} = silent.monitor.counts()
    assert.deepEqual([succeeded, failed, running, silent.failing().length], [1, 1, 0, 1])
    await silent.monitor.stop()
  })

  it('takes an answer that arrived while this process was stalled', async () => {
    const {clock, continueAt} = stoppableClock()
    const decisions: Decide[] = []
    const probe: MonitorDeps['probe'] = (_, decide) => (decisions.push(decide), NEVER)
    const monitor = new HealthMonitor({clock, random: () => 0, probe})
    monitor.watch(loadBalancer(['10.0.0.1']))
    await settled()
    assert.equal(monitor.counts().running, 1)
    // Node runs this when it reads from sockets again, after the timers.
    setImmediate(() => decisions[0]?.({ok: true}))
    continueAt(60_000)
    await settled()
    assert.deepEqual([monitor.counts().succeeded, monitor.counts().failed], [1, 0])
    await monitor.stop()
  })

  it('does not count the time for which this process was stalled', async () => {
    const {clock, continueAt} = stoppableClock()
    const decisions: Decide[] = []
    const probe: MonitorDeps['probe'] = (_, decide) => (decisions.push(decide), NEVER)
    const monitor = new HealthMonitor({clock, random: () => 0, probe})
    monitor.watch(loadBalancer(['10.0.0.1']))
    await settled()
    for (const time of [60_000, 60_100]) {
      continueAt(time)
      await settled()
    }
    // For example, the server accepted the connection meanwhile, but could not get the request.
    assert.deepEqual([monitor.counts().running, monitor.counts().failed], [1, 0])
    for (let time = 60_200; time <= 62_100; time += 100) {
      continueAt(time)
      await settled()
    }
    assert.equal(monitor.counts().failed, 1)
    await monitor.stop()
  })

  it('does not fail a server because this host cannot open a socket', async () => {
    const failures: string[] = []
    const result = {ok: false, reason: 'connect EMFILE', isLocal: true} as const
    const broken = new World({
      probe: (_, decide) => (queueMicrotask(() => decide(result)), NEVER),
      onLocalFailure: (reason) => failures.push(reason),
    })
    broken.monitor.watch(loadBalancer(['10.0.0.1'], {...CHECK, fall: 1}))
    await broken.clock.advance(14_000)
    assert.deepEqual(failures, ['connect EMFILE', 'connect EMFILE', 'connect EMFILE'])
    assert.deepEqual([broken.failing(), broken.monitor.counts().failed], [[], 3])
    await broken.monitor.stop()
  })

  it('begins no probe after it has stopped', async () => {
    const {clock, continueAt} = stoppableClock()
    let probes = 0
    const probe: MonitorDeps['probe'] = () => ((probes += 1), NEVER)
    const monitor = new HealthMonitor({clock, random: () => 0.5, probe})
    monitor.watch(loadBalancer(['10.0.0.1']))
    await settled()
    continueAt(2500)
    // The tick has begun, and waits until Node has read from its sockets.
    await Promise.resolve()
    await monitor.stop()
    assert.deepEqual([probes, monitor.counts().running], [0, 0])
  })

  it('ends the probes of servers that are gone, and all when it stops', async () => {
    const ended: string[] = []
    const slow = new World({probe: ({address}) => ({end: () => ended.push(address)})})
    slow.monitor.watch(loadBalancer(['10.0.0.1', '10.0.0.2']))
    await slow.clock.advance(3000)
    slow.monitor.watch(loadBalancer(['10.0.0.2']))
    assert.deepEqual([ended, slow.monitor.counts().running], [['10.0.0.1'], 1])
    await slow.monitor.stop()
    assert.deepEqual([ended, slow.monitor.counts().running], [['10.0.0.1', '10.0.0.2'], 0])
  })
})
