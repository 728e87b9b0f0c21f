import assert from 'node:assert/strict'
import {silentLogger} from '../../../src/util/logger.js'

describe('silentLogger', () => {
  it('accepts everything and writes nothing', () => {
    for (const level of ['debug', 'info', 'warn', 'error'] as const) {
      assert.equal(silentLogger[level]('message', {field: 1}), undefined)
    }
  })
})
