import assert from 'node:assert/strict'
import {searchText} from '../../../src/health/expected-text.js'

describe('searchText', () => {
  it('finds a text that comes in parts', () => {
    const {add} = searchText('+PONG')
    assert.deepEqual(
      ['x+P', 'O', 'NG'].map((part) => add(Buffer.from(part))),
      [false, false, true],
    )
    assert.equal(searchText('a').add(Buffer.from('ba')), true)
  })

  it('ends after 64 KiB, and after 1,000 parts', () => {
    const large = searchText('b')
    assert.equal(large.add(Buffer.from(`${'a'.repeat(65_536)}b`)), false)
    assert.equal(large.isFull(), true)
    const many = searchText('b')
    for (let part = 0; part < 1000; part += 1) many.add(Buffer.from('a'))
    assert.deepEqual([many.isFull(), many.add(Buffer.from('b'))], [true, false])
  })
})
