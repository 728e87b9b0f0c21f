import assert from 'node:assert/strict'
import {getEventListeners} from 'node:events'
import {systemClock} from '../../../src/util/clock.js'

describe('systemClock', () => {
  it('tells the time of day, and time that only goes forward', () => {
    const [before, wall, after] = [Date.now(), systemClock.now(), Date.now()]
    assert.ok(before <= wall && wall <= after)
    const [first, second] = [systemClock.monotonic(), systemClock.monotonic()]
    assert.ok(first <= second)
  })

  it('waits as long as it is told, and leaves no listener behind', async () => {
    const {signal} = new AbortController()
    const ended: string[] = []
    const wait = async (name: string, milliseconds: number): Promise<void> => {
      await systemClock.delay(milliseconds, signal)
      ended.push(name)
    }
    await Promise.all([wait('long', 30), wait('short', 1)])
    assert.deepEqual(ended, ['short', 'long'])
    assert.deepEqual(getEventListeners(signal, 'abort'), [])
  })

  it('stops waiting when it is told to, without rejecting', async () => {
    const stopping = new AbortController()
    const waiting = systemClock.delay(3_600_000, stopping.signal)
    stopping.abort()
    assert.equal(await waiting, undefined)
    assert.equal(await systemClock.delay(3_600_000, stopping.signal), undefined)
  })
})
