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

  it('resolves at once after a change', async () => {
    const waiting = changes.wait(60_000, stop.signal)
    changes.notify()
    assert.equal(await waiting, true)
    assert.equal(clock.now(), 0)
  })

  it('remembers a change that came while nothing waited', async () => {
    changes.notify()
    assert.equal(await changes.wait(60_000, stop.signal), true)
  })

  it('knows since when a change is not served, also after it was read', async () => {
    assert.equal(changes.unservedSince, undefined)
    await clock.advance(100)
    changes.notify()
    await clock.advance(100)
    changes.notify()
    changes.reset()
    await clock.advance(100)
    changes.notify()
    assert.equal(changes.unservedSince, 100)
    changes.noteServed()
    assert.equal(changes.unservedSince, 300)
    changes.reset()
    changes.noteServed()
    assert.equal(changes.unservedSince, undefined)
  })

  it('resolves to false after the delay', async () => {
    const waiting = changes.wait(100, stop.signal)
    await clock.advance(100)
    assert.equal(await waiting, false)
  })

  it('resolves to false when the signal aborts, or has aborted before', async () => {
    const waiting = changes.wait(60_000, stop.signal)
    stop.abort()
    assert.equal(await waiting, false)
    assert.equal(await changes.wait(60_000, stop.signal), false)
  })

  it('debounces a burst', async () => {
    let done = -1
    void changes.debounce(holdoff, stop.signal).then(() => (done = clock.now()))
    for (let step = 0; step < 3; step += 1) {
      await clock.advance(10)
      changes.notify()
    }
    await clock.advance(100)
    assert.equal(done, 50)
  })

  it('is not starved by a steady stream of changes', async () => {
    let done = -1
    void changes.debounce(holdoff, stop.signal).then(() => (done = clock.now()))
    for (let step = 0; step < 50; step += 1) {
      changes.notify()
      await clock.advance(10)
    }
    assert.equal(done, 200)
  })

  it('stops debouncing when the signal aborts', async () => {
    const done = changes.debounce(holdoff, stop.signal)
    changes.notify()
    await settled()
    stop.abort()
    await done
    assert.equal(clock.now(), 0)
  })

  describe('runs work during the holdoff', () => {
    it('and returns its result if no other change came', async () => {
      changes.notify()
      const work = changes.runWhileQuiet(20, stop.signal, async () => 'done')
      let end = -1
      void work.then(() => (end = clock.now()))
      await clock.advance(100)
      assert.deepEqual([await work, end], ['done', 20])
    })

    it('and aborts it when another change comes, which stays pending', async () => {
      changes.notify()
      let abortedAt = -1
      const work = changes.runWhileQuiet(20, stop.signal, async (signal) => {
        signal.addEventListener('abort', () => (abortedAt = clock.now()))
        await clock.delay(100, signal)
        return 'done'
      })
      await clock.advance(10)
      changes.notify()
      assert.equal(await work, undefined)
      assert.equal(abortedAt, 10)
      assert.equal(await changes.wait(60_000, stop.signal), true)
    })

    it('and does not abort work that takes longer than the holdoff', async () => {
      changes.notify()
      const work = changes.runWhileQuiet(20, stop.signal, async (signal) => {
        await clock.delay(100)
        return signal.aborted
      })
      await clock.advance(50)
      changes.notify()
      await clock.advance(50)
      assert.equal(await work, false)
      assert.equal(await changes.wait(60_000, stop.signal), true)
    })

    it('and waits for the end of the holdoff if the work ends earlier', async () => {
      changes.notify()
      const work = changes.runWhileQuiet(20, stop.signal, async () => 'nothing to do')
      await clock.advance(19)
      changes.notify()
      assert.equal(await work, undefined)
    })

    it('and rejects as the work does, and stops when the signal aborts', async () => {
      const bug = new TypeError('x is not a function')
      const failing = assert.rejects(
        changes.runWhileQuiet(20, stop.signal, () => Promise.reject(bug)),
        bug,
      )
      await clock.advance(20)
      await failing
      const work = changes.runWhileQuiet(20, stop.signal, async () => 'done')
      stop.abort()
      assert.equal(await work, undefined)
    })

    it('and observes changes that arrived while the work blocked the event loop', async () => {
      changes = new Changes(systemClock)
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      const client = createConnection((server.address() as AddressInfo).port, '127.0.0.1')
      const [peer] = (await once(server, 'connection')) as [Socket]
      client.on('data', () => changes.notify())
      const work = changes.runWhileQuiet(20, stop.signal, async () => {
        peer.write('a change')
        for (const end = performance.now() + 40; performance.now() < end;);
        return 'done'
      })
      assert.equal(await work, undefined)
      client.destroy()
      peer.destroy()
      server.close()
    })
  })
})
