import assert from 'node:assert/strict'
import {remember} from '../../../src/util/remember.js'

describe('remember', () => {
  it('makes the same of an object once, and something else of another', () => {
    let made = 0
    const count = remember(({name}: {name: string}) => `${name} ${++made}`)
    const [a, b] = [{name: 'a'}, {name: 'b'}]
    assert.deepEqual([count(a), count(b), count(a), count({name: 'a'})], ['a 1', 'b 2', 'a 1', 'a 3'])
  })
})
