import assert from 'node:assert/strict'
import {fillIn} from '../../../src/gce/user-data.js'

describe('gce/user-data', () => {
  it('fills in values', () => {
    assert.equal(fillIn('a {{ x }} b {{ y }} {{ x }}', {x: '1', y: 'p/q@1.0'}), 'a 1 b p/q@1.0 1')
  })

  it('rejects values with special characters of YAML, shell or systemd', () => {
    for (const value of ['', 'a\nb', '$x', '"', "'", 'a;b', '%i', '#', '{', '`']) {
      assert.throws(() => fillIn('{{ x }}', {x: value}), /the value of x is not allowed in the template/)
    }
  })

  it('rejects missing and unused values', () => {
    assert.throws(() => fillIn('{{ x }}', {}), /uses x/)
    assert.throws(() => fillIn('', {x: '1'}), /does not use x/)
  })
})
