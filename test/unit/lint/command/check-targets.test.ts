import assert from 'node:assert/strict'
import {refuseInputsAsTargets, refuseSharedTargets} from '../../../../src/lint/command/check-targets.js'

const outputs = (...files: string[]) => ({written: files.map((file) => ({format: 'json' as const, file}))})

describe('targets of lbex check', () => {
  it('are files of their own', () => {
    refuseSharedTargets(outputs('a', 'b'))
    assert.throws(() => refuseSharedTargets(outputs('a', 'b', './a')), {name: 'UsageError'})
  })

  it('are no inputs', () => {
    refuseInputsAsTargets(outputs('a'), {named: ['b'], files: []})
    assert.throws(() => refuseInputsAsTargets(outputs('a'), {named: ['b', './a'], files: []}), {
      name: 'UsageError',
    })
  })
})
