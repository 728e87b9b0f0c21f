/** The loop with a data plane that changes servers without a reload. */
import assert from 'node:assert/strict'
import {DEFAULT_LOOP_OPTIONS, runLoop, type FinishedReconcile} from '../../../src/controller/loop.js'
import type {ReconcileOutcome} from '../../../src/controller/reconcile.js'
import {newStatus, type DaemonStatus} from '../../../src/controller/status.js'
import {Failure} from '../../../src/diagnostics/failure.js'
import {FakeClock, settled} from './fake-clock.js'
import {FakeLog, FakeNginx, FakeSource, fakeTranslate, finding} from './fakes.js'

describe('runLoop, if servers change without a reload', () => {
  let clock: FakeClock
  let source: FakeSource
  let nginx: FakeNginx
  let log: FakeLog
  let status: DaemonStatus
  let ended: FinishedReconcile[]
  let partly: ReconcileOutcome[]
  let stop: AbortController
  let running: Promise<void>

  beforeEach(async () => {
    clock = new FakeClock()
    source = new FakeSource()
    nginx = new FakeNginx()
    nginx.liveStatus = {upstreams: 0, working: true}
    log = new FakeLog()
    status = newStatus()
    ended = []
    partly = []
    stop = new AbortController()
    const onReconciled = (finished: FinishedReconcile) => void ended.push(finished)
    const onPartlyServed = (outcome: ReconcileOutcome) => void partly.push(outcome)
    const reports = {onReconciled, onPartlyServed}
    const deps = {source, translate: fakeTranslate, nginx, log, clock, status, ...reports}
    running = runLoop(deps, DEFAULT_LOOP_OPTIONS, stop.signal)
    await settled()
  })

  afterEach(async () => {
    stop.abort()
    await running.catch(() => {})
  })

  const reconciles = () => nginx.applies.length

  it('does not wait for a reload with a change that needs none', async () => {
    nginx.needsReload = false
    nginx.reloads = 0
    source.change()
    await clock.advance(20)
    assert.equal(reconciles(), 2)
    source.change()
    await clock.advance(20)
    assert.equal(reconciles(), 3)
  })

  it('makes the rest of a change when a reload is allowed', async () => {
    source.change()
    await clock.advance(20)
    assert.deepEqual([reconciles(), nginx.liveCommits, ended.length], [1, 1, 1])
    await clock.advance(979)
    assert.deepEqual([reconciles(), nginx.liveCommits], [1, 1])
    await clock.advance(2)
    assert.deepEqual([reconciles(), nginx.liveCommits, ended.length], [2, 1, 2])
  })

  it('makes later changes live while the rest of an earlier one waits', async () => {
    nginx.pressure = 30_000
    source.change()
    await clock.advance(20)
    source.change()
    await clock.advance(20)
    source.change()
    await clock.advance(20)
    assert.deepEqual([reconciles(), nginx.liveCommits], [1, 3])
    nginx.pressure = 0
    await clock.advance(2000)
    assert.equal(reconciles(), 2)
  })

  it('changes servers before it tests a reload, however often the reload fails', async () => {
    const failure = () => new Failure('the disk is full', {code: 'directory-unusable', temporary: true})
    nginx.reloadErrors = Array.from({length: 100}, failure)
    await clock.advance(2000)
    for (let change = 1; change <= 40; change += 1) {
      source.change()
      await clock.advance(20)
      assert.ok(nginx.liveCommits >= change, `change ${change} waits`)
      await clock.advance(980)
    }
    assert.equal(status.failure, 'the disk is full')
    const tried = 100 - nginx.reloadErrors.length
    assert.ok(tried >= 5 && tried <= 9, `${tried} reloads were tried in 40 s, with the back-off`)
    nginx.reloadErrors = []
    await clock.advance(40_000)
    assert.deepEqual([reconciles(), status.failure], [2, undefined])
  })

  it('changes servers that change during a reload right after it, also if it fails', async () => {
    await clock.advance(2000)
    nginx.errors = [new Failure('no answer', {code: 'nginx-unconfirmed', temporary: true})]
    nginx.errors.unshift(...([undefined] as unknown as Error[]))
    nginx.onCommit = async () => {
      nginx.onCommit = async () => {}
      source.change()
    }
    source.change()
    await clock.advance(20)
    assert.deepEqual([nginx.liveCommits, reconciles(), status.failure], [1, 2, 'no answer'])
    await clock.advance(20)
    assert.equal(nginx.liveCommits, 2)
  })

  it('does not take a change for served if its commit finds out that it has to wait for a reload', async () => {
    nginx.needsReload = false
    nginx.failedPushes = 1
    source.triggers = [{service: {kind: 'Service', namespace: 'shop', name: 'web'}, at: 1}]
    source.change()
    await clock.advance(20)
    assert.deepEqual([nginx.liveCommits, reconciles(), ended.length], [1, 1, 1])
    await clock.advance(979)
    assert.equal(reconciles(), 1)
    await clock.advance(2)
    const last = ended.at(-1)
    assert.deepEqual([reconciles(), ended.length], [2, 2])
    assert.ok(last && 'outcome' in last)
    assert.equal(last.outcome.triggers.length, 1)
  })

  it('reports what is live while a part of the change waits, and that part after the reload', async () => {
    const [web, dns] = ['web', 'dns'].map((name) => ({kind: 'Service', namespace: 'shop', name}))
    assert.ok(web && dns)
    nginx.waiting = [dns]
    source.triggers = [web, dns].map((service) => ({service, at: 1}))
    source.diagnostics = [finding('web')]
    source.change()
    await clock.advance(20)
    const names = (outcome?: ReconcileOutcome) => outcome?.triggers.map(({service}) => service.name)
    assert.deepEqual([partly.map(names), ended.length], [[['web']], 1])
    assert.ok(log.said.includes('error diagnostic appeared'))
    await clock.advance(2000)
    const last = ended.at(-1)
    assert.ok(last && 'outcome' in last)
    assert.deepEqual([partly.length, ended.length, names(last.outcome)], [1, 2, ['dns']])
  })

  it('reports what is live if only the commit finds out that the rest waits', async () => {
    nginx.needsReload = false
    nginx.failedPushes = 1
    nginx.waiting = []
    source.change()
    await clock.advance(20)
    assert.deepEqual([partly.length, ended.length], [1, 1])
  })

  it('reports a failure while a part of the change waits, and retries', async () => {
    nginx.errors = [new Failure('it fails', {code: 'nginx-died', temporary: true})]
    source.change()
    await clock.advance(20)
    assert.equal(status.failure, 'it fails')
    await clock.advance(60_000)
    assert.deepEqual([reconciles(), status.failure], [2, undefined])
  })

  it('reconciles when servers are due to be written into the configuration', async () => {
    await clock.advance(2000)
    nginx.dueIn = 30_000
    source.change()
    await clock.advance(20)
    assert.equal(reconciles(), 2)
    await clock.advance(29_000)
    assert.equal(reconciles(), 2)
    nginx.dueIn = 0
    await clock.advance(1001)
    nginx.dueIn = Infinity
    assert.equal(reconciles(), 3)
    const started = log.lines.filter(([, message]) => message === 'reconcile started')
    assert.deepEqual(
      started.map(([, , fields]) => fields?.reason),
      ['start', 'change', 'consolidation'],
    )
  })

  it('stops while a part of a change waits', async () => {
    source.change()
    await clock.advance(20)
    stop.abort()
    await running
    assert.deepEqual([reconciles(), nginx.liveCommits], [1, 1])
  })
})
