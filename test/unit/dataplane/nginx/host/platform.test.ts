import assert from 'node:assert/strict'
import {requireLinux} from '../../../../../src/dataplane/nginx/host/platform.js'

describe('requireLinux', () => {
  it('accepts Linux, and nothing else', () => {
    assert.doesNotThrow(() => requireLinux('linux'))
    assert.throws(() => requireLinux('darwin'), {code: 'platform-unsupported'})
  })
})
