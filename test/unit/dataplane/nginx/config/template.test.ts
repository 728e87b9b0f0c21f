import assert from 'node:assert/strict'
import {parseTemplate, UnsafeOutput} from '../../../../../src/dataplane/nginx/config/template.js'
import {TEMPLATES} from '../../../../support/builders.js'

const fill = (text: string, scope: object = {}): string => parseTemplate('test.liquid', text)(scope)

describe('parseTemplate', () => {
  it('fills in what is plain, and ends with one line break', () => {
    assert.equal(fill('\n\nlisten {{ port }};\n\n', {port: 80}), 'listen 80;\n')
  })

  it('refuses what is not, and says where', () => {
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

  it('refuses a value that is not there, also deeper down and on a prototype', () => {
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

  it('throws what is wrong with a template as it is', () => {
    assert.throws(() => parseTemplate('test.liquid', '{% if %}'), /test\.liquid/)
    assert.throws(
      () => fill('{{ 1 | divided_by: x }}', {}),
      (error) => !(error instanceof UnsafeOutput),
    )
  })
})

describe('the templates', () => {
  for (const [name, text] of Object.entries(TEMPLATES)) {
    it(`${name}: no output passes by the guard`, () => {
      assert.doesNotMatch(text, /\|\s*raw\b|{%-?\s*(raw|include|render|layout|liquid|echo)\b/)
    })

    it(`${name}: free text stands in comments only`, () => {
      const lines = text.split('\n').filter((line) => /\|\s*comment\b/.test(line))
      assert.deepEqual(
        lines.filter((line) => !line.startsWith('# ')),
        [],
      )
    })
  }
})
