import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createConnection, createServer, type AddressInfo, type Socket} from 'node:net'
import {Changes} from '../../../src/controller/changes.js'
import {systemClock} from '../../../src/util/clock.js'
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

  describe('runs work while it waits whether another change comes', () => {
    it('and has its result once none came', async () => {
      changes.notify()
      const work = changes.whileQuiet(20, stop.signal, async () => 'done')
      let end = -1
      void work.then(() => (end = clock.now()))
      await clock.advance(100)
      assert.deepEqual([await work, end], ['done', 20])
    })

    it('and aborts the work as soon as one comes, and remembers that', async () => {
      changes.notify()
      let told = -1
      const work = changes.whileQuiet(20, stop.signal, async (signal) => {
        signal.addEventListener('abort', () => (told = clock.now()))
        await clock.delay(100, signal)
        return 'done'
      })
      await clock.advance(10)
      changes.notify()
      assert.equal(await work, undefined)
      assert.equal(told, 10)
      assert.equal(await changes.next(60_000, stop.signal), true)
    })

    it('and lets work end that takes longer, whatever comes then', async () => {
      changes.notify()
      const work = changes.whileQuiet(20, stop.signal, async (signal) => {
        await clock.delay(100)
        return signal.aborted
      })
      await clock.advance(50)
      changes.notify()
      await clock.advance(50)
      assert.equal(await work, false)
      assert.equal(await changes.next(60_000, stop.signal), true)
    })

    it('and waits although the work needs no time', async () => {
      changes.notify()
      const work = changes.whileQuiet(20, stop.signal, async () => 'nothing to do')
      await clock.advance(19)
      changes.notify()
      assert.equal(await work, undefined)
    })

    it('and passes on what goes wrong, and that it is to stop', async () => {
      const bug = new TypeError('x is not a function')
      const failing = assert.rejects(
        changes.whileQuiet(20, stop.signal, () => Promise.reject(bug)),
        bug,
      )
      await clock.advance(20)
      await failing
      const work = changes.whileQuiet(20, stop.signal, async () => 'done')
      stop.abort()
      assert.equal(await work, undefined)
    })

    it('hears what came while the work kept everything else waiting', async () => {
      changes = new Changes(systemClock)
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      const heard = createConnection((server.address() as AddressInfo).port, '127.0.0.1')
      const [told] = (await once(server, 'connection')) as [Socket]
      heard.on('data', () => changes.notify())
      const work = changes.whileQuiet(20, stop.signal, async () => {
        told.write('a change')
        for (const end = performance.now() + 40; performance.now() < end;);
        return 'done'
      })
      assert.equal(await work, undefined)
      heard.destroy()
      told.destroy()
      server.close()
    })
  })
})
