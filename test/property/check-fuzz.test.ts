/** A part of the fuzzing of lbex check; `npm run bench -- fuzz` runs 100,000 mutations. */
import assert from 'node:assert/strict'
import {fuzzCheck} from '../support/check-fuzz.js'
import {INTEGRATION_TIMEOUT} from '../support/timeouts.js'

describe('lbex check on mutated manifests', function () {
  this.timeout(INTEGRATION_TIMEOUT)

  it('never throws, is fast, and every finding has a position inside its file', async () => {
    const {texts, findings, edits, problems} = await fuzzCheck(1500, 20_261_125)
    assert.deepEqual(problems, [])
    assert.equal(texts, 1500)
    assert.ok(findings > 500 && edits > 20, `${findings} findings, ${edits} edits`)
  })
})
