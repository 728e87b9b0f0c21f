import assert from 'node:assert/strict'
import {fillIn} from '../../../src/gce/user-data.js'

describe('gce/user-data', () => {
  it('fills in values', () => {
    assert.equal(fillIn('a {{ x }} b {{ y }} {{ x }}', {x: '1', y: 'p/q@1.0'}), 'a 1 b p/q@1.0 1')
  })

  it('takes no value that would mean something to YAML, a shell or systemd', () => {
    for (const value of ['', 'a\nb', '$x', '"', "'", 'a;b', '%i', '#', '{', '`']) {
      assert.throws(() => fillIn('{{ x }}', {x: value}), /the value of x cannot stand in the template/)
    }
  })

  it('takes neither too few values nor too many', () => {
    assert.throws(() => fillIn('{{ x }}', {}), /asks for x/)
    assert.throws(() => fillIn('', {x: '1'}), /does not use x/)
  })
})
