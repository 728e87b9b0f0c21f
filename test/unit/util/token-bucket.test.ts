import assert from 'node:assert/strict'
import {TokenBucket} from '../../../src/util/token-bucket.js'
import {FakeClock} from '../controller/fake-clock.js'

describe('util/token-bucket', () => {
  it('balances what was taken beyond its size later, and holds at most its size after a quiet time', async () => {
    const clock = new FakeClock()
    const bucket = new TokenBucket(clock, {interval: 1000, size: 2})
    const take = (): number => {
      bucket.take()
      return Math.max(0, bucket.balancedAt - clock.monotonic())
    }
    assert.equal(bucket.balancedAt, -Infinity)
    for (let count = 0; count < 9; count += 1) take()
    assert.equal(take(), 8000)
    await clock.advance(7000)
    assert.equal(bucket.balancedAt - clock.monotonic(), 1000)
    await clock.advance(60_000)
    assert.deepEqual([take(), take(), take(), take()], [0, 0, 1000, 2000])
  })
})
