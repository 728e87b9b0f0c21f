import assert from 'node:assert/strict'
import {bindErrorOf, describeBindError} from '../../../src/diagnostics/bind-error.js'

describe('diagnostics/bind-error', () => {
  for (const [errno, code, sentence] of [
    ['EADDRINUSE', 'in-use', 'the port is in use'],
    ['EACCES', 'forbidden', 'permission denied'],
    ['EPERM', 'forbidden', 'permission denied'],
    ['EADDRNOTAVAIL', 'no-address', 'the host does not have the address'],
    ['EAFNOSUPPORT', 'no-family', 'the host does not support the address family'],
  ] as const) {
    it(`has the code ${code} and a text for ${errno}`, () => {
      const error = bindErrorOf(errno, 'listen failed')
      assert.deepEqual(error, {code})
      assert.equal(describeBindError(error), sentence)
    })
  }

  it('keeps the text of any other error', () => {
    for (const errno of ['EODD', undefined]) {
      const error = bindErrorOf(errno, 'Something odd')
      assert.deepEqual(error, {code: 'other', detail: 'Something odd'})
      assert.equal(describeBindError(error), 'Something odd')
    }
  })
})
