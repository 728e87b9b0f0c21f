import assert from 'node:assert/strict'
import {once} from 'node:events'
import {mkdir, readFile} from 'node:fs/promises'
import {createServer, type AddressInfo} from 'node:net'
import {join} from 'node:path'
import type {HealthCheck} from '../../../src/core/intent/health-check.js'
import type {LoadBalancer} from '../../../src/core/model/load-balancer.js'
import {Health} from '../../../src/health/health.js'
import {failedSocket, type Probe} from '../../../src/health/probe-result.js'
import {silentLogger, type Logger} from '../../../src/util/logger.js'
import {freePort} from '../../support/ports.js'
import {temporaryFolder, type TemporaryFolder} from '../../support/temporary-folder.js'
import {waitFor} from '../../support/wait.js'
import {FakeClock} from '../../unit/controller/fake-clock.js'

const INTERVAL = 5000
const CHECK: HealthCheck = {
  ...{id: 'tcp', type: 'tcp', path: '/'},
  ...{interval: INTERVAL, timeout: 60_000, rise: 1, fall: 1},
}

/** The probes are real, and the time between them is not. */
describe('Health', () => {
  let folder: TemporaryFolder
  let clock: FakeClock
  let deadPort: number
  let opened: Health[]

  beforeEach(async () => {
    folder = await temporaryFolder()
    clock = new FakeClock()
    deadPort = await freePort()
    opened = []
  })
  afterEach(async () => {
    for (const health of opened) await health.stop()
    await folder.remove()
  })

  async function open(log: Logger = silentLogger, probe?: Probe): Promise<Health> {
    const options = {directory: folder.path, clock, log, changePeriod: 1000}
    const health = await Health.open({...options, ...(probe && {probe})})
    opened.push(health)
    return health
  }

  const file = (): string => join(folder.path, 'run/health.json')

  /** Lets time pass until `condition` holds. */
  async function passUntil(condition: () => unknown, what: string): Promise<void> {
    await waitFor(
      async () => {
        await clock.advance(500)
        return Boolean(await condition())
      },
      {what},
    )
  }

  const isSaved = async () => (await readFile(file(), 'utf8').catch(() => '')).includes('refused')

  it('calls the listener when a server fails, and counts the probes', async () => {
    const health = await open()
    let changes = 0
    health.onChange(() => (changes += 1))
    assert.deepEqual(health.counts(), {
      ...{targets: 0, failing: 0, running: 0, waiting: 0, succeeded: 0, failed: 0},
    })
    health.watch(loadBalancer(deadPort))
    await passUntil(() => changes > 0, 'the first failure')
    const {targets, failing, succeeded} = health.counts()
    assert.deepEqual([targets, failing, succeeded, changes], [1, 1, 0, 1])
    assert.equal([...health.failedChecks().values()][0]?.reason, 'connection refused')
  })

  it('saves failures for the next lbex, which ignores them once they are older than two intervals', async () => {
    await mkdir(join(folder.path, 'run'))
    const first = await open()
    first.watch(loadBalancer(deadPort))
    await passUntil(isSaved, 'the saved failure')
    await first.stop()
    const second = await open()
    second.watch(loadBalancer(deadPort))
    assert.equal(second.failedChecks().size, 1)
    await second.stop()
    const third = await open()
    await clock.advance(2 * INTERVAL + 1)
    third.watch(loadBalancer(deadPort))
    assert.equal(third.failedChecks().size, 0)
  })

  it('warns once if it cannot save, and saves as soon as it can', async () => {
    const warnings: string[] = []
    const health = await open({...silentLogger, warn: (message) => void warnings.push(message)})
    health.watch(loadBalancer(deadPort))
    await passUntil(() => warnings.length > 0, 'the warning')
    const {failed} = health.counts()
    await passUntil(() => health.counts().failed >= failed + 3, 'more probes')
    assert.deepEqual(warnings, ['the failed health checks cannot be saved'])
    await mkdir(join(folder.path, 'run'))
    await passUntil(isSaved, 'the saved failure')
  })

  it('warns once in ten minutes if this host cannot probe', async () => {
    const warnings: unknown[] = []
    const probe: Probe = (_, decide) => {
      queueMicrotask(() => decide(failedSocket(Object.assign(new Error('too many'), {code: 'EMFILE'}))))
      return {end() {}}
    }
    const health = await open({...silentLogger, warn: (...line) => void warnings.push(line)}, probe)
    health.watch(loadBalancer(deadPort))
    await clock.advance(590_000)
    const hint = 'raise the limit of open files of lbex (LimitNOFILE, ulimit -n), or its memory'
    const warning = ['this host cannot probe servers, which keep their state', {error: 'too many', hint}]
    assert.deepEqual([warnings, health.counts().failing], [[warning], 0])
    await clock.advance(30_000)
    assert.equal(warnings.length, 2)
  })

  it('saves that no server fails only if one failed before', async () => {
    await mkdir(join(folder.path, 'run'))
    const health = await open()
    const answering = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
    await once(answering, 'listening')
    try {
      health.watch(loadBalancer((answering.address() as AddressInfo).port))
      await passUntil(() => health.counts().succeeded >= 3, 'the probes')
      await assert.rejects(readFile(file()), {code: 'ENOENT'})
    } finally {
      answering.close()
    }
    await passUntil(isSaved, 'the saved failure')
    health.watch(loadBalancer(deadPort, []))
    await passUntil(async () => !(await isSaved()), 'the file without failures')
    assert.equal(await readFile(file(), 'utf8'), '{"version":1,"failures":[]}\n')
  })
})

function loadBalancer(port: number, addresses: readonly string[] = ['127.0.0.1']): LoadBalancer {
  const servers = addresses.map((address) => ({address, port, weight: 1, down: false}))
  const settings = {balancing: {algorithm: 'round_robin'}, healthCheck: CHECK} as const
  const upstream = {name: 'a', settings, servers, unknown: [], absent: []}
  const ref = {kind: 'Service', namespace: 'default', name: 'web'}
  return {services: [{ref, id: 'a', listeners: [], upstreams: [upstream]}], shared: []}
}
