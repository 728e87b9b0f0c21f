import assert from 'node:assert/strict'
import {Backoff} from '../../../src/util/backoff.js'

describe('Backoff', () => {
  it('doubles the delay up to the limit, and starts over after a success', () => {
    const backoff = new Backoff({initial: 100, limit: 1000, jitter: 0})
    const delays = Array.from({length: 6}, () => backoff.next())
    assert.deepEqual(delays, [100, 200, 400, 800, 1000, 1000])
    backoff.reset()
    assert.equal(backoff.next(), 100)
  })

  it('subtracts a random part up to the jitter', () => {
    const delays = [0, 0.5].map((value) =>
      new Backoff({initial: 100, limit: 100, random: () => value}).next(),
    )
    assert.deepEqual(delays, [100, 90])
  })

  it('stays finite after any number of failures', () => {
    const backoff = new Backoff({initial: 1, limit: Number.MAX_SAFE_INTEGER, jitter: 0})
    const delays = Array.from({length: 2000}, () => backoff.next())
    assert.equal(delays.at(-1), 2 ** 30)
  })

  it('uses Math.random by default', () => {
    const delay = new Backoff({initial: 100, limit: 100}).next()
    assert.ok(delay > 80 && delay <= 100, String(delay))
  })
})
