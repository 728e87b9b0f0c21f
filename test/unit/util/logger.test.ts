import assert from 'node:assert/strict'
import {silentLogger} from '../../../src/util/logger.js'

describe('silentLogger', () => {
  it('takes everything and says nothing', () => {
    for (const level of ['debug', 'info', 'warn', 'error'] as const) {
      assert.equal(silentLogger[level]('message', {field: 1}), undefined)
    }
  })
})
