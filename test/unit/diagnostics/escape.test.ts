import assert from 'node:assert/strict'
import {escapeFor, oneLine, withoutHidden} from '../../../src/diagnostics/escape.js'

describe('oneLine', () => {
  for (const [text, shown] of [
    ['a b-é-日本', 'a b-é-日本'],
    ['8080\u200B', '8080\\u200b'],
    ['8080\u00A0', '8080\\u00a0'],
    ['a\nb\tc\u001B[31m', 'a\\u000ab\\u0009c\\u001b[31m'],
    ['\u009B31m', '\\u009b31m'],
    ['a\u202Eb\u2066c\u2028d\uFEFF', 'a\\u202eb\\u2066c\\u2028d\\ufeff'],
    ['\u{E0041}\u3164', '\\u{e0041}\\u3164'],
    ['\uD800', '\\ud800'],
  ] as const) {
    it(`escapes invisible characters in ${JSON.stringify(text)}`, () => assert.equal(oneLine(text), shown))
  }
})

describe('withoutHidden', () => {
  it('keeps the length', () => assert.equal(withoutHidden('a\u200B\u{E0041}b'), 'a???b'))
})

describe('escapeFor', () => {
  it('keeps line ends of a text, and escapes everything else', () => {
    const text = 'a\r\n\tb\n'
    assert.equal(escapeFor('text', text), text)
    assert.equal(escapeFor('text', 'a\rb\u001B[2J\u009Dc\u2028'), 'a\\u000db\\u001b[2J\\u009dc\\u2028')
  })

  it('keeps the colours of lbex if requested', () => {
    const text = '\u001B[31m\u001B[1ma\u001B[22m\u001B[39m\u001B[8mb\u001B]0;c\u0007'
    assert.equal(
      escapeFor('text', text, {colour: true}),
      '\u001B[31m\u001B[1ma\u001B[22m\u001B[39m\\u001b[8mb\\u001b]0;c\\u0007',
    )
    assert.ok(!escapeFor('text', text).includes('\u001B'))
  })

  it('disables commands for a build server in a text', () => {
    for (const text of [
      '::error::x',
      'a\n  ::set-output name=a::b',
      'a ##[command]b',
      '##vso[task.setvariable]x',
      "##teamcity[message text='x']",
      '###[group]x',
    ]) {
      const shown = escapeFor('text', text)
      assert.doesNotMatch(shown, /^\s*::|##\w*\[/m)
    }
    assert.equal(escapeFor('text', 'a::b ## c'), 'a::b ## c')
  })

  it('keeps the value of JSON', () => {
    const value = {a: '\u001B\u009B\u202E\u200B\u{E0041}', b: '##[command]x', c: '::error::', '##vso[x]': 1}
    for (const space of [undefined, 2]) {
      const shown = escapeFor('json', JSON.stringify(value, undefined, space))
      assert.deepEqual(JSON.parse(shown), value)
      assert.doesNotMatch(shown, /[^\n\x20-\x7E]|^\s*::|##\w*\[/m)
    }
  })

  it('keeps intended commands only', () => {
    assert.equal(
      escapeFor('commands', '::error file=a::b\u009B##[group]'),
      '::error file=a::b\\u009b# #[group]',
    )
  })
})
