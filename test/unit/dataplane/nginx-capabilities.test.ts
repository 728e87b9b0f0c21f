import assert from 'node:assert/strict'
import {
  atLeast,
  modelCapabilities,
  OLDEST_SUPPORTED,
  parseNginxVersion,
} from '../../../src/dataplane/nginx-capabilities.js'

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
  it('accepts three numbers and nothing else', () => {
    assert.deepEqual(parseNginxVersion('1.22.1'), [1, 22, 1])
    for (const text of ['1.22', '1.22.1-beta', ' 1.22.1', '1.22.1.0', 'v1.22.1', '', '1.2222.1'])
      assert.equal(parseNginxVersion(text), undefined, text)
  })
})

describe('OLDEST_SUPPORTED', () => {
  it('is open source, with stream built in', () => {
    assert.deepEqual(OLDEST_SUPPORTED, {version: [1, 22, 1], plus: false, liveUpdates: false})
  })
})

describe('modelCapabilities', () => {
  it('has features since the version that has them, and least_time also with Plus', () => {
    const cases = [
      [[1, 25, 4], false, false, false, false],
      [[1, 25, 5], false, false, false],
      [[1, 30, 6], false, false, false],
      [[1, 31, 0], false, true, false],
      [[1, 31, 4], false, true, true],
      [[1, 29, 0], true, true, false],
    ] as const
    for (const [version, plus, leastTime, proxyProtocolV2, certificatePerName = true] of cases) {
      const name = `NGINX ${version.join('.')}`
      const always = {realClientAddress: true, serverNames: true}
      const expected = {name, leastTime, proxyProtocolV2, certificatePerName, ...always}
      assert.deepEqual(modelCapabilities({version, plus, liveUpdates: false}), expected)
    }
  })

  it('has client addresses of headers and server names unless NGINX was built without the module', () => {
    const {realClientAddress} = modelCapabilities({...OLDEST_SUPPORTED, withoutRealip: true})
    const {serverNames} = modelCapabilities({...OLDEST_SUPPORTED, withoutSslPreread: true})
    assert.deepEqual([realClientAddress, serverNames], [false, false])
  })
})
