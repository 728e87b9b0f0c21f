import assert from 'node:assert/strict'
import {FreshnessTracker} from '../../../../src/sources/cluster/freshness-tracker.js'
import {FakeClock} from '../../controller/fake-clock.js'

describe('sources/cluster/freshness-tracker', () => {
  it('is the later of the last message and the last accepted position, after the first list', async () => {
    const clock = new FakeClock()
    const proof = new FreshnessTracker(clock)
    proof.resumed()
    assert.equal(proof.at, undefined)
    proof.received()
    assert.equal(proof.at, 0)
    await clock.advance(1000)
    proof.resumed()
    assert.equal(proof.at, 1000)
    proof.positionLost()
    assert.equal(proof.at, 0)
  })
})
