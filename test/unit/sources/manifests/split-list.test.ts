import assert from 'node:assert/strict'
import {splitList} from '../../../../src/sources/manifests/split-list.js'

const at = (text: string, line = 1, column = 1) => ({text, line, column})

describe('splitList', () => {
  it('cuts a List as kubectl prints it, with the place of each member', () => {
    const text = JSON.stringify(
      {apiVersion: 'v1', items: [{a: [1]}, {b: {c: '}'}}], kind: 'List', metadata: {x: {}}},
      null,
      4,
    )
    assert.deepEqual(splitList(at(text, 10)), [
      {
        text: '{\n            "a": [\n                1\n            ]\n        }',
        line: 13,
        column: 9,
        defaults: {},
      },
      {
        text: '{\n            "b": {\n                "c": "}"\n            }\n        }',
        line: 18,
        column: 9,
        defaults: {},
      },
    ])
  })

  it('cuts a List on one line', () => {
    assert.deepEqual(splitList(at('{"kind":"List","items":[{"a":1},{"b":2}]}', 3, 5)), [
      {text: '{"a":1}', line: 3, column: 29, defaults: {}},
      {text: '{"b":2}', line: 3, column: 37, defaults: {}},
    ])
  })

  it('hands on what a typed List says for its members', () => {
    const [member] = splitList(at('{"kind":"ServiceList","apiVersion":"v1","items":[{}]}'))
    assert.deepEqual(member, {text: '{}', line: 1, column: 50, defaults: {kind: 'Service', apiVersion: 'v1'}})
  })

  it('makes nothing of an empty List', () =>
    assert.deepEqual(splitList(at('{"kind":"List","items":[]}')), []))

  for (const text of [
    '',
    'kind: List\nitems: []\n',
    '{"kind":"Service","items":[{}]}',
    '{"kind":"PodList","apiVersion":"v1","items":[{}]}',
    '{"kind":"List"}',
    '{"kind":"List","items":{"a":{}}}',
    '{"kind":"List","items":[{},1]}',
    '{"kind":"List","items":[{}],"items":[{}]}',
  ]) {
    it(`leaves ${JSON.stringify(text)} whole`, () => assert.deepEqual(splitList(at(text)), [at(text)]))
  }
})
