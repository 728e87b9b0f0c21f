import assert from 'node:assert/strict'
import {parseTemplate, UnsafeOutput} from '../../../../../src/dataplane/nginx/config/template.js'
import {TEMPLATES} from '../../../../support/builders.js'

const fill = (text: string, scope: object = {}): string => parseTemplate('test.liquid', text)(scope)

describe('parseTemplate', () => {
  it('fills in plain values, and ends with one line break', () => {
    assert.equal(fill('\n\nlisten {{ port }};\n\n', {port: 80}), 'listen 80;\n')
  })

  it('refuses other values, and reports the position', () => {
    assert.throws(
      () => fill('a\n  {{ value }}', {value: 'x; y'}),
      (error) => {
        assert.ok(error instanceof UnsafeOutput)
        assert.deepEqual(
          [error.value, error.place, error.message],
          ['x; y', 'test.liquid:2:3', '"x; y" is refused at test.liquid:2:3'],
        )
        return true
      },
    )
  })

  it('refuses a missing value, also a nested one or one on a prototype', () => {
    for (const text of [
      '{{ missing }}',
      '{{ a.missing }}',
      '{{ a.constructor }}',
      '{{ a.__proto__ }}',
      '{{ a | missing }}',
    ])
      assert.throws(() => fill(text, {a: {}}), Error, text)
  })

  it('refuses null and booleans: a template has to decide what they mean', () => {
    for (const value of [null, true, false]) assert.throws(() => fill('{{ value }}', {value}), UnsafeOutput)
  })

  it('throws errors of a template unchanged', () => {
    assert.throws(() => parseTemplate('test.liquid', '{% if %}'), /test\.liquid/)
    assert.throws(
      () => fill('{{ 1 | divided_by: x }}', {}),
      (error) => !(error instanceof UnsafeOutput),
    )
  })
})

describe('the templates', () => {
  for (const [name, text] of Object.entries(TEMPLATES)) {
    it(`${name}: no output bypasses the guard`, () => {
      assert.doesNotMatch(text, /\|\s*raw\b|{%-?\s*(raw|include|render|layout|liquid|echo)\b/)
    })

    it(`${name}: free text appears only in comments`, () => {
      const lines = text.split('\n').filter((line) => /\|\s*comment\b/.test(line))
      assert.deepEqual(
        lines.filter((line) => !line.startsWith('# ')),
        [],
      )
    })
  }
})
