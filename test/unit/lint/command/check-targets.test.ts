import assert from 'node:assert/strict'
import {refuseInputsAsTargets, refuseSharedTargets} from '../../../../src/lint/command/check-targets.js'

const outputs = (...files: string[]) => ({written: files.map((file) => ({format: 'json' as const, file}))})

describe('output files of lbex check', () => {
  it('are different', () => {
    refuseSharedTargets(outputs('a', 'b'))
    assert.throws(() => refuseSharedTargets(outputs('a', 'b', './a')), {name: 'UsageError'})
  })

  it('are not inputs', () => {
    refuseInputsAsTargets(outputs('a'), {named: ['b'], files: []})
    assert.throws(() => refuseInputsAsTargets(outputs('a'), {named: ['b', './a'], files: []}), {
      name: 'UsageError',
    })
  })
})
