import assert from 'node:assert/strict'
import {FreshnessTracker} from '../../../../src/sources/cluster/freshness-tracker.js'
import {FakeClock} from '../../controller/fake-clock.js'

describe('sources/cluster/proof', () => {
  it('is the later of what was heard and an accepted position, but not before the first list', async () => {
    const clock = new FakeClock()
    const proof = new FreshnessTracker(clock)
    proof.accept()
    assert.equal(proof.at, undefined)
    proof.hear()
    assert.equal(proof.at, 0)
    await clock.advance(1000)
    proof.accept()
    assert.equal(proof.at, 1000)
    proof.refuse()
    assert.equal(proof.at, 0)
  })
})
