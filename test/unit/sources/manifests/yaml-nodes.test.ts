import assert from 'node:assert/strict'
import {isMap, type Pair} from 'yaml'
import {parseYaml} from '../../../../src/sources/manifests/parse-yaml.js'
import {isMerge, keyOf, rangeOfNode} from '../../../../src/sources/manifests/yaml-nodes.js'

function pairs(text: string): Pair[] {
  const {contents} = parseYaml(text).document
  return isMap(contents) ? contents.items : []
}

describe('keyOf', () => {
  it('is the text of a key, whatever it looks like', () => {
    assert.deepEqual(pairs('{a: 1, "b c": 2, 80: 3, yes: 4, ~: 5}').map(keyOf), [
      'a',
      'b c',
      '80',
      'yes',
      '~',
    ])
  })
  it('is empty for what is no text', () => assert.deepEqual(pairs('{[a]: 1}').map(keyOf), ['']))
})

describe('isMerge', () => {
  it('is true for the plain << only', () => {
    assert.deepEqual(pairs('{<<: {x: 1}, "<<": {x: 2}, "a": 3}').map(isMerge), [true, false, false])
  })
})

describe('rangeOfNode', () => {
  it('leaves out anchor and tag', () => {
    assert.deepEqual(
      pairs('a: &x !!str 80\n').map(({value}) => rangeOfNode(value)),
      [[12, 14]],
    )
  })
  it('is empty for no node', () =>
    assert.deepEqual(
      [rangeOfNode(null), rangeOfNode(undefined)],
      [
        [0, 0],
        [0, 0],
      ],
    ))
})
