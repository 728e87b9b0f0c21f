import assert from 'node:assert/strict'
import {parseJson} from '../../../../src/sources/manifests/parse-json.js'

describe('parseJson', () => {
  it('reads an object', () => {
    const value = {a: [1, {b: 'x: "y"', 'c:': null}], 'd"e': 'f\\', g: {}}
    assert.deepEqual(parseJson(JSON.stringify(value)), {value})
    assert.deepEqual(parseJson(`\n ${JSON.stringify(value, null, '\t')}\n`), {value})
  })

  for (const text of ['', 'a: 1', '[1]', '{a: 1}', '{"a": 1,}', '{"a": 1} {"b": 2}', '{"a": 1}\n---\n']) {
    it(`leaves ${JSON.stringify(text)} to YAML`, () => assert.equal(parseJson(text), undefined))
  }

  for (const text of ['{"a": 1, "a": 1}', '{"x": [{"a": 1, "b": 2, "a": 3}]}', '{"a" : {}, "\\u0061": {}}']) {
    it(`leaves the duplicate key in ${text} to YAML`, () => assert.equal(parseJson(text), undefined))
  }

  it('survives nesting deeper than the stack', () => {
    const text = `{"a": ${'['.repeat(200_000)}${']'.repeat(200_000)}}`
    assert.equal(typeof parseJson(text), 'object')
  })
})
