import assert from 'node:assert/strict'
import {parseDocument} from '../../../../src/sources/manifests/parse-document.js'

describe('parseDocument', () => {
  it('reads YAML and JSON alike', () => {
    const expected = {value: {kind: 'Service'}, duplicates: []}
    assert.deepEqual(parseDocument('kind: Service\n'), expected)
    assert.deepEqual(parseDocument('{"kind": "Service"}'), expected)
  })

  it('does not parse an object of another kind', () => {
    assert.deepEqual(parseDocument('kind: Pod\nspec: [\n'), {value: undefined, duplicates: []})
  })

  it('finds duplicate keys in YAML and in JSON', () => {
    assert.deepEqual(parseDocument('a: 1\na: 2\n'), {
      value: {a: 2},
      duplicates: [{path: ['a'], first: [0, 1], last: [5, 6]}],
    })
    assert.deepEqual(parseDocument('{"a": 1, "a": 2}'), {
      value: {a: 2},
      duplicates: [{path: ['a'], first: [1, 4], last: [9, 12]}],
    })
  })

  it('returns the problem of an invalid text', () => {
    assert.deepEqual(parseDocument('a: "b'), {problem: 'missing closing "quote', range: [5, 5]})
    assert.deepEqual(parseDocument('a: *b'), {
      problem: 'unresolved alias (the anchor must be set before the alias): b',
      range: [3, 5],
    })
  })
})
