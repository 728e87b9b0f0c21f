import assert from 'node:assert/strict'
import {variableOf, withEnvironment} from '../../../../src/cli/flags/named.js'

describe('withEnvironment', () => {
  it('gives each flag a variable', () => {
    assert.equal(variableOf('example-flag'), 'LBEX_EXAMPLE_FLAG')
    assert.deepEqual(withEnvironment({'example-flag': {char: 'e'}}), {
      'example-flag': {char: 'e', env: 'LBEX_EXAMPLE_FLAG'},
    })
  })
})
