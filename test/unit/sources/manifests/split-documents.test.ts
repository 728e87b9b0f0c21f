import assert from 'node:assert/strict'
import {splitDocuments} from '../../../../src/sources/manifests/split-documents.js'

const CASES: [what: string, text: string, documents: [text: string, line: number][]][] = [
  ['an empty text', '', [['', 1]]],
  ['one document', 'a: 1\n', [['a: 1\n', 1]]],
  [
    'two documents',
    'a: 1\n---\nb: 2\n',
    [
      ['a: 1\n', 1],
      ['---\nb: 2\n', 2],
    ],
  ],
  [
    'a marker at the beginning',
    '---\na: 1\n---\n',
    [
      ['---\na: 1\n', 1],
      ['---\n', 3],
    ],
  ],
  [
    'CRLF',
    'a: 1\r\n---\r\nb: 2',
    [
      ['a: 1\r\n', 1],
      ['---\r\nb: 2', 2],
    ],
  ],
  [
    'content behind the marker',
    '--- {a: 1}\n---\t# b\nb: 2\n',
    [
      ['--- {a: 1}\n', 1],
      ['---\t# b\nb: 2\n', 2],
    ],
  ],
  ['comments before the first marker', '# c\n\n---\na: 1\n', [['# c\n\n---\na: 1\n', 1]]],
  [
    'the end marker',
    'a: 1\n...\nb: 2\n',
    [
      ['a: 1\n...\n', 1],
      ['b: 2\n', 3],
    ],
  ],
  [
    'directives, which go with the document that follows',
    'a: 1\n...\n%YAML 1.2\n---\nb: 2\n',
    [
      ['a: 1\n...\n', 1],
      ['%YAML 1.2\n---\nb: 2\n', 3],
    ],
  ],
  [
    'empty documents',
    '---\n---\n---',
    [
      ['---\n', 1],
      ['---\n', 2],
      ['---', 3],
    ],
  ],
  [
    'a byte order mark before a marker',
    'a: 1\n\uFEFF---\nb: 2\n',
    [
      ['a: 1\n', 1],
      ['\uFEFF---\nb: 2\n', 2],
    ],
  ],
  [
    'what only looks like a marker',
    'a: |\n  ---\n----\n---x\nb: "---"\n',
    [['a: |\n  ---\n----\n---x\nb: "---"\n', 1]],
  ],
  ['line separators that are none in YAML', 'a: "\u2028--- x"\n', [['a: "\u2028--- x"\n', 1]]],
  [
    'JSON values one after the other',
    '{"a": 1}\n{\n "b": {}\n}\r\n{"c": 1}',
    [
      ['{"a": 1}\n', 1],
      ['{\n "b": {}\n}\r\n', 2],
      ['{"c": 1}', 5],
    ],
  ],
  [
    'JSON that is one value',
    '{\n"a": {\n},\n"b": [\n{\n}\n]\n}\n',
    [['{\n"a": {\n},\n"b": [\n{\n}\n]\n}\n', 1]],
  ],
]

describe('splitDocuments', () => {
  for (const [what, text, documents] of CASES) {
    it(`cuts ${what}`, () => {
      const expected = documents.map(([piece, line]) => ({text: piece, line, column: 1}))
      assert.deepEqual(splitDocuments(text), expected)
      assert.equal(expected.map((document) => document.text).join(''), text)
    })
  }
})
