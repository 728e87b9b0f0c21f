/** The golden cases of `lbex check`: manifests as users have them. test/support/golden-check.ts says what a case is. */
import assert from 'node:assert/strict'
import {CODES} from '../../src/diagnostics/catalogue.js'
import {EXAMPLES} from '../../src/diagnostics/examples/examples.js'
import {
  checkCases,
  expectedOf,
  runCheckCase,
  strayCheckFiles,
  writeExpectedOf,
} from '../support/golden-check.js'

const updates = process.env['UPDATE_GOLDEN'] === '1'
const cases = checkCases()

describe('golden cases of lbex check', () => {
  for (const name of cases) {
    it(name, async () => {
      const text = await runCheckCase(name)
      if (updates) writeExpectedOf(name, text)
      assert.equal(text, expectedOf(name))
    })
  }

  it('are at least sixty', () => assert.ok(cases.length >= 60, `${cases.length}`))

  it('have no files that belong to no case', () => assert.deepEqual(strayCheckFiles(), []))

  it('show every finding with a position that a manifest can cause', () => {
    const shown = cases.flatMap((name) =>
      [...expectedOf(name).matchAll(/^\S+:\d+:\d+: \w+ ([a-z-]+) /gm)].map(([, code = '']) => code),
    )
    const missing = CODES.filter((code) => !shown.includes(code) && !('never' in EXAMPLES[code]))
    assert.deepEqual(missing, [])
  })
})
