/** A short soak; `npm run soak` is a long one. */
import assert from 'node:assert/strict'
import {soak} from './soak/soak.js'

const SEED = 2_017

describe('end to end, a life in seconds', function () {
  this.timeout(180_000)

  it(`ends with what is wanted being served, and no more than that (seed ${SEED})`, async () => {
    const {violations, changes, traffic} = await soak({seed: SEED, milliseconds: 10_000})
    assert.deepEqual(violations, [])
    assert.ok(changes > 0 && traffic.succeeded > 0)
  })
})
