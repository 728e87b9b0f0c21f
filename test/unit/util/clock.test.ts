import assert from 'node:assert/strict'
import {getEventListeners} from 'node:events'
import {systemClock} from '../../../src/util/clock.js'

describe('systemClock', () => {
  it('returns the time of day, and a monotonic time', () => {
    const [before, wall, after] = [Date.now(), systemClock.now(), Date.now()]
    assert.ok(before <= wall && wall <= after)
    const [first, second] = [systemClock.monotonic(), systemClock.monotonic()]
    assert.ok(first <= second)
  })

  it('waits for the given time, and leaves no listener behind', async () => {
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

  it('stops waiting when the signal aborts, without rejecting', async () => {
    const stopping = new AbortController()
    const waiting = systemClock.delay(3_600_000, stopping.signal)
    stopping.abort()
    assert.equal(await waiting, undefined)
    assert.equal(await systemClock.delay(3_600_000, stopping.signal), undefined)
  })
})
