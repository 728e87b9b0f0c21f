import assert from 'node:assert/strict'
import {findDuplicateKeys} from '../../../../src/sources/manifests/duplicate-keys.js'
import {parseYaml} from '../../../../src/sources/manifests/parse-yaml.js'

function find(text: string): unknown {
  return findDuplicateKeys(parseYaml(text))
}

describe('findDuplicateKeys', () => {
  it('finds nothing where there is nothing', () => assert.deepEqual(find('a: {b: 1}\nb: 2\n'), []))

  it('finds keys in mappings and in lists of them', () => {
    assert.deepEqual(find('a: 1\nb: [{c: 1, d: 2, c: 3}]\na: 2\n'), [
      {path: ['a'], first: [0, 1], last: [29, 30]},
      {path: ['b', 0, 'c'], first: [10, 11], last: [22, 23]},
    ])
  })

  it('names the first and the last of many', () => {
    assert.deepEqual(find('a: 1\na: 2\na: 3\n'), [{path: ['a'], first: [0, 1], last: [10, 11]}])
  })

  it('treats a key with and without quotes as the same', () => {
    assert.deepEqual(find('80: x\n"80": y\n'), [{path: ['80'], first: [0, 2], last: [6, 10]}])
  })

  it('allows several merge keys, and a key that a merged mapping has too', () => {
    const text = 'a: &a {x: 1}\nb: &b {x: 2}\nc: {<<: *a, <<: *b, x: 3}\n'
    assert.deepEqual(find(text), [])
  })
})
