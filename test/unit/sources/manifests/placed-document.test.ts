import assert from 'node:assert/strict'
import {PlacedDocument} from '../../../../src/sources/manifests/placed-document.js'

describe('PlacedDocument', () => {
  const document = new PlacedDocument('a.json', {text: '{"a":\n "b"}', line: 7, column: 20})

  it('adds the place of the document to a place on its first line', () => {
    assert.deepEqual(document.locateField(['a'], 'key'), {
      file: 'a.json',
      line: 7,
      column: 21,
      endLine: 7,
      endColumn: 24,
    })
  })

  it('adds its line only to a place on a later line', () => {
    assert.deepEqual(document.locateField(['a']), {
      file: 'a.json',
      line: 8,
      column: 2,
      endLine: 8,
      endColumn: 5,
    })
  })

  it('locates a range of the text', () => {
    assert.deepEqual(document.locate([0, 11]), {
      file: 'a.json',
      line: 7,
      column: 20,
      endLine: 8,
      endColumn: 6,
    })
  })

  it('parses once', () => assert.equal(document.positions, document.positions))
})
