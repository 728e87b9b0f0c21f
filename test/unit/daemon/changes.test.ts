import assert from 'node:assert/strict'
import {Changes} from '../../../src/daemon/changes.js'
import {FakeClock, settled} from './fake-clock.js'

describe('Changes', () => {
  const holdoff = {quiet: 20, limit: 200}
  let clock: FakeClock
  let changes: Changes
  let stop: AbortController

  beforeEach(() => {
    clock = new FakeClock()
    changes = new Changes(clock)
    stop = new AbortController()
  })

  it('wakes at once for a change', async () => {
    const next = changes.next(60_000, stop.signal)
    changes.notify()
    assert.equal(await next, true)
    assert.equal(clock.now(), 0)
  })

  it('remembers a change that came while nobody waited', async () => {
    changes.notify()
    assert.equal(await changes.next(60_000, stop.signal), true)
  })

  it('wakes without a change when the time is over', async () => {
    const next = changes.next(100, stop.signal)
    await clock.advance(100)
    assert.equal(await next, false)
  })

  it('wakes without a change when it is to stop, now or before', async () => {
    const next = changes.next(60_000, stop.signal)
    stop.abort()
    assert.equal(await next, false)
    assert.equal(await changes.next(60_000, stop.signal), false)
  })

  it('settles when a burst is over', async () => {
    let done = -1
    void changes.settle(holdoff, stop.signal).then(() => (done = clock.now()))
    for (let step = 0; step < 3; step += 1) {
      await clock.advance(10)
      changes.notify()
    }
    await clock.advance(100)
    assert.equal(done, 50)
  })

  it('is not starved by a steady stream of changes', async () => {
    let done = -1
    void changes.settle(holdoff, stop.signal).then(() => (done = clock.now()))
    for (let step = 0; step < 50; step += 1) {
      changes.notify()
      await clock.advance(10)
    }
    assert.equal(done, 200)
  })

  it('settles at once when it is to stop', async () => {
    const done = changes.settle(holdoff, stop.signal)
    changes.notify()
    await settled()
    stop.abort()
    await done
    assert.equal(clock.now(), 0)
  })
})
