import assert from 'node:assert/strict'
import {isOlder} from '../../../src/kube/resource-version.js'

describe('kube/resource-version', () => {
  it('compares numbers of any length', () => {
    assert.equal(isOlder('9', '10'), true)
    assert.equal(isOlder('10', '9'), false)
    assert.equal(isOlder('99999999999999999998', '99999999999999999999'), true)
    assert.equal(isOlder('7', '7'), false)
  })

  it('is false for a version that is not a number', () => {
    for (const text of ['', 'a', '07', '-1', '1.5']) {
      assert.equal(isOlder(text, '9'), false)
      assert.equal(isOlder('9', text), false)
    }
  })
})
