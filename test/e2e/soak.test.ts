/** A short soak; `npm run soak` is a long one. */
import assert from 'node:assert/strict'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'
import {soak} from './soak/soak.js'

const SEED = 2_017

describe('end to end, a life in seconds', function () {
  this.timeout(2 * INTEGRATION_TIMEOUT)

  it(`serves exactly the desired state in the end (seed ${SEED})`, async () => {
    const {violations, changes, traffic} = await soak({seed: SEED, milliseconds: 10_000})
    assert.deepEqual(violations, [])
    assert.ok(changes > 0 && traffic.succeeded > 0)
  })
})
