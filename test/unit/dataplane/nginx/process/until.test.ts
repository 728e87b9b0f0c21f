import assert from 'node:assert/strict'
import {until} from '../../../../../src/dataplane/nginx/process/until.js'
import {SteppingClock} from '../../../../support/nginx-clock.js'

describe('until', () => {
  it('is true at once when the condition holds', async () => {
    const clock = new SteppingClock()
    assert.equal(await until(() => true, {clock, limit: 0, every: 10}), true)
    assert.deepEqual(clock.delays, [])
  })

  it('checks again after the interval', async () => {
    const clock = new SteppingClock()
    let looks = 0
    assert.equal(await until(async () => ++looks === 3, {clock, limit: 100, every: 10}), true)
    assert.deepEqual(clock.delays, [10, 10])
  })

  it('is false when the time is up', async () => {
    const clock = new SteppingClock()
    assert.equal(await until(() => false, {clock, limit: 25, every: 10}), false)
    assert.deepEqual(clock.delays, [10, 10, 10])
  })

  it('rejects with the reason of the signal', async () => {
    const stop = new AbortController()
    const looking = until(() => (stop.abort(new Error('enough')), false), {
      clock: new SteppingClock(),
      limit: 100,
      every: 10,
      signal: stop.signal,
    })
    await assert.rejects(looking, new Error('enough'))
  })
})
