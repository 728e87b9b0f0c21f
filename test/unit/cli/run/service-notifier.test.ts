import assert from 'node:assert/strict'
import type {Notification} from '../../../../src/cli/run/notify-socket.js'
import {startNotifier} from '../../../../src/cli/run/service-notifier.js'
import {FakeClock} from '../../controller/fake-clock.js'

const EXTENSION = {EXTEND_TIMEOUT_USEC: '90000000'}

describe('startNotifier', () => {
  const condition = {ready: false, alive: true, text: 'starting'}
  let clock: FakeClock
  let sent: Notification[]
  let stop: AbortController
  let over: AbortController
  let reload: () => void

  beforeEach(() => {
    Object.assign(condition, {ready: false, alive: true, text: 'starting'})
    clock = new FakeClock()
    sent = []
    stop = new AbortController()
    over = new AbortController()
  })
  afterEach(() => over.abort())

  const notify = (notification: Notification): void => void sent.push(notification)
  const onRetryNow = (listener: () => void): void => void (reload = listener)

  function start(watchdog?: number) {
    const deps = {clock, onRetryNow, supervisor: {notify, watchdog}}
    const notifier = startNotifier(deps, stop.signal, () => condition, over.signal)
    assert.ok(notifier)
    return notifier
  }

  /** A notifier that serves, with what it sent until then forgotten. */
  function startServing(watchdog?: number) {
    const notifier = start(watchdog)
    Object.assign(condition, {ready: true, text: 'serving'})
    notifier.noteReconciled()
    sent = []
    return notifier
  }

  it('does nothing without a supervisor', () => {
    const deps = {clock, onRetryNow: () => assert.fail('it listens')}
    assert.equal(
      startNotifier(deps, stop.signal, () => condition, over.signal),
      undefined,
    )
  })

  it('is ready when clients may connect, and not before', async () => {
    const notifier = start()
    notifier.noteReconciled()
    assert.deepEqual(sent, [{STATUS: 'starting', ...EXTENSION}])
    Object.assign(condition, {ready: true, text: 'serving'})
    notifier.noteReconciled()
    notifier.noteReconciled()
    await clock.advance(60_000)
    assert.deepEqual(sent.slice(1), [{READY: '1', STATUS: 'serving'}])
  })

  it('is ready without a reconcile too, as with the last good configuration', async () => {
    start()
    condition.ready = true
    await clock.advance(1000)
    assert.deepEqual(sent.slice(1), [{READY: '1'}])
  })

  it('extends the time for the start while no reconcile is stuck', async () => {
    start()
    await clock.advance(20_000)
    condition.alive = false
    await clock.advance(60_000)
    assert.deepEqual(sent, [{STATUS: 'starting', ...EXTENSION}, EXTENSION, EXTENSION])
  })

  it('gives signs of life three times within the time of the watchdog, while no reconcile is stuck', async () => {
    startServing(60_000)
    await clock.advance(60_000)
    assert.deepEqual(sent, [{WATCHDOG: '1'}, {WATCHDOG: '1'}, {WATCHDOG: '1'}])
    condition.alive = false
    await clock.advance(60_000)
    assert.equal(sent.length, 3)
  })

  it('shows a change of the condition within a second', async () => {
    startServing()
    condition.text = 'serving; NGINX does not serve'
    await clock.advance(1000)
    assert.deepEqual(sent, [{STATUS: 'serving; NGINX does not serve'}])
  })

  it('reloads until the next reconcile has finished', () => {
    const notifier = startServing()
    const before = process.hrtime.bigint() / 1000n
    reload()
    const [{RELOADING, MONOTONIC_USEC = ''} = {}] = sent
    assert.equal(RELOADING, '1')
    assert.ok(BigInt(MONOTONIC_USEC) >= before && BigInt(MONOTONIC_USEC) <= process.hrtime.bigint() / 1000n)
    reload()
    condition.ready = false
    notifier.noteReconciled()
    assert.deepEqual(sent.slice(1), [{READY: '1'}])
  })

  it('does not reload before it is ready', () => {
    start()
    reload()
    assert.deepEqual(sent, [{STATUS: 'starting', ...EXTENSION}])
  })

  it('stops, and shows signs of life until the end', async () => {
    const notifier = startServing(3000)
    condition.text = 'stopping'
    stop.abort()
    reload()
    notifier.noteReconciled()
    assert.deepEqual(sent, [{STOPPING: '1'}, {STATUS: 'stopping'}])
    await clock.advance(1000)
    over.abort()
    await clock.advance(5000)
    assert.deepEqual(sent.slice(2), [{WATCHDOG: '1'}])
  })

  it('stops if it was asked to before', () => {
    stop.abort()
    start()
    assert.deepEqual(sent[0], {STOPPING: '1'})
  })
})
