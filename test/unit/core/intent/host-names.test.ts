import assert from 'node:assert/strict'
import {parseHostName} from '../../../../src/core/intent/host-names.js'

const NO_IP = 'clients send no server name for an IP address'
const ASCII = 'clients send international names in their ASCII form (Punycode)'
const STAR = '"*" is only allowed as the first label ("*.example.com") or alone'
const LABEL = 'labels have only letters, digits and "-", with a letter or digit at both ends'

describe('parseHostName', () => {
  it('accepts host names, wildcards and `*`, in lower case', () => {
    const longest = [...Array.from({length: 3}, () => 'a'.repeat(63)), 'b'.repeat(61)].join('.')
    for (const text of [
      'example.com',
      '*.example.com',
      '*',
      'localhost',
      '1.2.example',
      'xn--bcher-kva.de',
      longest,
    ])
      assert.deepEqual(parseHostName(text), {name: text})
    assert.deepEqual(parseHostName('*.Example.COM'), {name: '*.example.com'})
  })

  it('says what to write instead, if it is clear', () => {
    assert.deepEqual(parseHostName('Bücher.example'), {why: ASCII, instead: 'xn--bcher-kva.example'})
    assert.deepEqual(parseHostName('*.bücher.example.'), {why: ASCII, instead: '*.xn--bcher-kva.example'})
    const why = 'clients send names without the dot at the end'
    assert.deepEqual(parseHostName('example.com.'), {why, instead: 'example.com'})
  })

  it('says why other text is not a host name', () => {
    const cases = {
      '': 'it is empty',
      '*.': 'it is empty',
      '10.0.0.1': NO_IP,
      '*.10.0.0.1': NO_IP,
      '::1': NO_IP,
      '[2001:db8::1]': NO_IP,
      '*.*.example': STAR,
      'a.*.example': STAR,
      'a*.example': STAR,
      'a..example': 'a label is empty',
      '.example': 'a label is empty',
      'a_b.example': LABEL,
      '-a.example': LABEL,
      'a-.example': LABEL,
      'a b': LABEL,
      'https://a.example': LABEL,
      'a.example:443': LABEL,
      '~.*': STAR,
      'a.example;}': LABEL,
      [`${'a'.repeat(64)}.example`]: 'a label has more than 63 characters',
      [`${'a.'.repeat(127)}a`]: 'it has more than 253 characters',
      'ü\u0000.example': ASCII,
    }
    for (const [text, why] of Object.entries(cases)) assert.deepEqual(parseHostName(text), {why}, text)
  })
})
