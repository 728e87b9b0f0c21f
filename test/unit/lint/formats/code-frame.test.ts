import assert from 'node:assert/strict'
import {codeFrame} from '../../../../src/lint/formats/code-frame.js'

const at = (column: number, endColumn: number, endLine = 7) => ({
  file: 'a',
  line: 7,
  column,
  endLine,
  endColumn,
})

describe('codeFrame', () => {
  it('is empty if there is no such line', () => {
    assert.deepEqual(codeFrame(at(1, 2), undefined), [])
  })

  it('underlines the range, and at least one column', () => {
    assert.deepEqual(codeFrame(at(3, 6), 'a: bcd'), ['     7 | a: bcd', '       |   ^^^'])
    assert.deepEqual(codeFrame(at(7, 7), 'a: bcd'), ['     7 | a: bcd', '       |       ^'])
  })

  it('ends at the end of the line', () => {
    assert.deepEqual(codeFrame(at(1, 3, 9), 'abc'), ['     7 | abc', '       | ^^^'])
  })

  it('shows the part of a long line around the range', () => {
    const [line = '', carets = ''] = codeFrame(at(501, 505), `${'x'.repeat(500)}HERE${'y'.repeat(500)}`)
    assert.ok(line.length < 130 && line.includes('HERE'))
    assert.equal(line.indexOf('HERE'), carets.indexOf('^^^^'))
    assert.match(line, /^ {5}7 \| \.\.\.x+HEREy+\.\.\.$/)
  })

  it('shows no control characters, and one column for a tab', () => {
    assert.deepEqual(codeFrame(at(3, 4), '\ta\u001B[31m'), ['     7 |  a?[31m', '       |   ^'])
  })
})
