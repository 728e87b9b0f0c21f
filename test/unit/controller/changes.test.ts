import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createConnection, createServer, type AddressInfo, type Socket} from 'node:net'
import {Changes, type Lull} from '../../../src/controller/changes.js'
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

  describe('while it is not known yet whether others follow', () => {
    const begun = async ({signal, over}: Lull): Promise<string> => {
      await over
      return signal.aborted ? 'for nothing' : `over at ${clock.now()}`
    }

    it('lets the work begin, and tells it when nothing followed', async () => {
      changes.notify()
      const work = changes.inLull(20, stop.signal, begun)
      await clock.advance(100)
      assert.equal(await work, 'over at 20')
    })

    it('tells the work to end as soon as something follows, and remembers that', async () => {
      changes.notify()
      let told = -1
      const work = changes.inLull(20, stop.signal, async (lull) => {
        lull.signal.addEventListener('abort', () => (told = clock.now()))
        return begun(lull)
      })
      await clock.advance(10)
      changes.notify()
      assert.equal(await work, undefined)
      assert.equal(told, 10)
      assert.equal(await changes.next(60_000, stop.signal), true)
    })

    it('lets the work end that takes longer, whatever follows then', async () => {
      changes.notify()
      const work = changes.inLull(20, stop.signal, async ({signal}) => {
        await clock.delay(100)
        return signal.aborted
      })
      await clock.advance(50)
      changes.notify()
      await clock.advance(50)
      assert.equal(await work, false)
      assert.equal(await changes.next(60_000, stop.signal), true)
    })

    it('does not wait for anything where the work needs no more time', async () => {
      changes.notify()
      assert.equal(await changes.inLull(20, stop.signal, async () => 'nothing to do'), 'nothing to do')
      assert.equal(clock.now(), 0)
    })

    it('passes on what goes wrong, and that it is to stop', async () => {
      const bug = new TypeError('x is not a function')
      await assert.rejects(
        changes.inLull(20, stop.signal, () => Promise.reject(bug)),
        bug,
      )
      const work = changes.inLull(20, stop.signal, begun)
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
      const work = changes.inLull(20, stop.signal, async (lull) => {
        told.write('a change')
        for (const end = performance.now() + 40; performance.now() < end;);
        return begun(lull)
      })
      assert.equal(await work, undefined)
      heard.destroy()
      told.destroy()
      server.close()
    })
  })
})
