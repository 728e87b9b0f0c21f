import assert from 'node:assert/strict'
import type {FieldPath} from '../../../../src/diagnostics/diagnostic.js'
import type {Fix} from '../../../../src/diagnostics/rule.js'
import {applyEdits} from '../../../../src/sources/manifests/apply-edits.js'
import {editFor} from '../../../../src/sources/manifests/edit.js'
import {PlacedDocument} from '../../../../src/sources/manifests/placed-document.js'

/** The text with the fix; undefined where there is none. */
function edited(text: string, path: FieldPath, fix: Fix): string | undefined {
  const edit = editFor(new PlacedDocument('a.yaml', {text, line: 1, column: 1}), path, fix)
  return edit && applyEdits(text, [edit])
}

const value = (text: string, to: string, path: FieldPath = ['a']) =>
  edited(text, path, {on: 'value', text: to})
const key = (text: string, to: string, path: FieldPath = ['a']) => edited(text, path, {on: 'key', text: to})

describe('editFor', () => {
  it('keeps the quotes of a value', () => {
    assert.equal(value('a:   1   # one\nb: 2\n', '1'), 'a:   "1"   # one\nb: 2\n')
    assert.equal(value('a: " x"\r\n', 'x'), 'a: "x"\r\n')
    assert.equal(value("a: ' x'", "it's"), "a: 'it''s'")
    assert.equal(value('a: leastconn', 'least_conn'), 'a: least_conn')
    assert.equal(value('a: on', 'on'), 'a: "on"')
    assert.equal(value('{"a": 1}', '1'), '{"a": "1"}')
  })

  it('keeps the quotes of a key', () => {
    assert.equal(key('a: 1\n', 'b.c/d'), 'b.c/d: 1\n')
    assert.equal(key('"a": 1\n', 'b'), '"b": 1\n')
    assert.equal(key("x:\n  - 'a' : 1\n", 'b', ['x', 0, 'a']), "x:\n  - 'b' : 1\n")
  })

  it('does not edit values that are used elsewhere, tagged, or on several lines', () => {
    for (const text of [
      'a: &x 1\nb: *x\n',
      'b: &x 1\na: *x\n',
      'a: !!int 1\n',
      'a: |\n  1\n',
      'a: "1\n  2"\n',
      'a: {b: 1}\n',
      'a:\n',
    ])
      assert.equal(value(text, '1'), undefined, text)
    assert.equal(value('b: &x {a: 1}\n<<: *x\n', '1'), undefined)
    assert.equal(value('b: &x {a: 1}\nc: *x\n', '1', ['c', 'a']), undefined)
  })

  it('creates no duplicate key, and finds no missing field', () => {
    assert.equal(key('a: 1\nb: 2\n', 'b'), undefined)
    for (const path of [['b'], ['a', 'b'], ['a', 0], [], ['c', 0]] as FieldPath[])
      assert.equal(value('a: 1\nc: [1]\n', '2', path), undefined, path.join('.'))
  })
})

describe('applyEdits', () => {
  const at = (line: number, column: number, endColumn: number, text: string) => ({
    location: {file: 'a', line, column, endLine: line, endColumn},
    text,
  })

  it('changes only the given ranges, in any order', () => {
    assert.equal(applyEdits('ab\ncd\n', [at(2, 1, 2, 'X'), at(1, 2, 3, 'YY')]), 'aYY\nXd\n')
    assert.equal(applyEdits('ab', []), 'ab')
  })

  it('applies the first of overlapping edits, and equal ones once', () => {
    assert.equal(applyEdits('abcd', [at(1, 1, 3, 'X'), at(1, 2, 4, 'Y')]), 'Xcd')
    assert.equal(applyEdits('abcd', [at(1, 1, 3, 'X'), at(1, 1, 3, 'X')]), 'Xcd')
  })
})
