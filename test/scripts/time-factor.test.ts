import assert from 'node:assert/strict'
import {createRequire} from 'node:module'
import {timeFactor} from '../../scripts/time-factor.cjs'
import {INTEGRATION_TIMEOUT, UNIT_TIMEOUT, scaled} from '../support/timeouts.js'
import {waitFor} from '../support/wait.js'

const NAME = 'TEST_TIME_FACTOR'

describe('the limits of tests', () => {
  let before: string | undefined

  beforeEach(() => (before = process.env[NAME]))
  afterEach(() => {
    process.env[NAME] = before
  })

  it('are those of this machine, in every process that mocha starts', function () {
    assert.equal(timeFactor(), Number(before))
    assert.deepEqual([this.timeout(), INTEGRATION_TIMEOUT], [UNIT_TIMEOUT, scaled(120_000)])
    const mocharc = createRequire(import.meta.url)('../../.mocharc.cjs') as {timeout: number}
    assert.equal(mocharc.timeout, UNIT_TIMEOUT)
  })

  it('grow with the time that a process takes to start, and never shrink', () => {
    process.env[NAME] = '2.5'
    assert.equal(scaled(10), 25)
    delete process.env[NAME]
    const measured = timeFactor()
    assert.ok(measured >= 1 && process.env[NAME] === `${measured.toFixed(1)}`)
  })

  it('hold for a condition too', async () => {
    process.env[NAME] = '3'
    await assert.rejects(
      waitFor(() => false, {what: 'nothing', deadline: 5}),
      {
        message: 'waited 15 ms in vain for nothing',
      },
    )
  })
})
