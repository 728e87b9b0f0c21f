import assert from 'node:assert/strict'
import {
  comment,
  guardOutput,
  quoted,
  RefusedValue,
} from '../../../../../src/dataplane/nginx/config/output-guard.js'

describe('guardOutput', () => {
  it('accepts plain numbers, addresses, paths and words', () => {
    for (const text of [
      '10.0.0.1',
      '[fd00::1]',
      '/var/lib/lbex/nginx',
      'least_conn',
      'a-b_c.d',
      '1.22.1',
      'x+y',
    ])
      assert.equal(guardOutput(text), text)
    assert.equal(guardOutput(0), '0')
    assert.equal(guardOutput(65_535), '65535')
  })

  const refused = [
    '',
    ' ',
    'a b',
    'a;b',
    'a{',
    'a}',
    '$remote_addr',
    'a"b',
    "a'b",
    'a\\b',
    'a#b',
    'a\nb',
    'a\0',
    'é',
    '１',
    'a,b',
    'a=b',
    '(',
    '<',
    -1,
    1.5,
    NaN,
    Infinity,
    2 ** 53,
    null,
    undefined,
    true,
    false,
    {},
    [],
    ['a'],
    {text: 'a'},
    Symbol('a'),
  ]
  for (const value of refused) {
    it(`refuses ${typeof value} ${typeof value === 'symbol' ? '' : JSON.stringify(value)}`, () =>
      assert.throws(() => guardOutput(value), RefusedValue))
  }
})

describe('comment', () => {
  it('keeps printable ASCII', () => {
    const text = Array.from({length: 95}, (_, index) => String.fromCharCode(32 + index)).join('')
    assert.equal(guardOutput(comment(text)), text)
    assert.equal(guardOutput(comment(8080)), '8080')
    assert.equal(guardOutput(comment('x'.repeat(5000))), 'x'.repeat(1000))
  })

  it('never contains a line break', () => {
    assert.equal(guardOutput(comment('a\nb\r\u2028\u2029\u0085\0é😀')), 'a?b???????')
  })
})

describe('quoted', () => {
  it('puts a path of this host in quotes, also with spaces', () => {
    assert.equal(guardOutput(quoted('/opt/my nginx/é.so')), '"/opt/my nginx/é.so"')
  })

  it('refuses characters that NGINX would interpret in quotes', () => {
    for (const text of ['', 'a"; evil', 'a\\b', '$a', 'a\nb', 'a\0b'])
      assert.throws(() => quoted(text), RefusedValue)
  })
})
