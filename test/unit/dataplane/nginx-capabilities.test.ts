import assert from 'node:assert/strict'
import {atLeast, OLDEST_SUPPORTED, parseNginxVersion} from '../../../src/dataplane/nginx-capabilities.js'

describe('atLeast', () => {
  it('compares versions by number, not by text', () => {
    assert.equal(atLeast([1, 31, 0], [1, 31, 0]), true)
    assert.equal(atLeast([1, 30, 9], [1, 31, 0]), false)
    assert.equal(atLeast([1, 9, 15], [1, 22, 1]), false)
    assert.equal(atLeast([2, 0, 0], [1, 31, 4]), true)
    assert.equal(atLeast([1, 31, 4], [1, 31, 10]), false)
  })
})

describe('parseNginxVersion', () => {
  it('takes three numbers and nothing else', () => {
    assert.deepEqual(parseNginxVersion('1.22.1'), [1, 22, 1])
    for (const text of ['1.22', '1.22.1-beta', ' 1.22.1', '1.22.1.0', 'v1.22.1', '', '1.2222.1'])
      assert.equal(parseNginxVersion(text), undefined, text)
  })
})

describe('OLDEST_SUPPORTED', () => {
  it('is open source, with stream built in', () => {
    assert.deepEqual(OLDEST_SUPPORTED, {version: [1, 22, 1], plus: false})
  })
})
