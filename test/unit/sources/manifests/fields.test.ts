import assert from 'node:assert/strict'
import {isMapping, present} from '../../../../src/sources/manifests/fields.js'
import {fieldOf} from './support.js'

const PORTS = {from: 1, to: 65_535}

describe('Field', () => {
  it('reads what is there, with its type', () => {
    const {field, found} = fieldOf('{s: text, b: no, i: 0x50, list: [a, b], map: {x: "1"}, one: UDP}')
    assert.equal(field.get('s').string(), 'text')
    assert.equal(field.get('b').boolean(), false)
    assert.equal(field.get('i').integer(PORTS), 80)
    assert.deepEqual(field.get('list').strings(), ['a', 'b'])
    assert.deepEqual(field.get('map').stringMap(), {x: '1'})
    assert.equal(field.get('one').oneOf(['TCP', 'UDP']), 'UDP')
    assert.deepEqual(field.get('list').items()[1]?.path, ['list', 1])
    assert.deepEqual(found(), [])
  })

  for (const text of ['{}', '{x: }', '{x: null}', '{x: ~}']) {
    it(`treats x as absent in ${text}`, () => {
      const {field, found} = fieldOf(text)
      const x = field.get('x')
      assert.equal(x.isAbsent, true)
      assert.equal(x.string(), undefined)
      assert.equal(x.boolean(), undefined)
      assert.equal(x.integer(PORTS), undefined)
      assert.equal(x.oneOf(['a']), undefined)
      assert.deepEqual([x.items(), x.strings(), x.entries(), x.stringMap()], [[], [], [], {}])
      assert.equal(x.mapping().get('y').isAbsent, true)
      assert.deepEqual(found(), [])
    })
  }

  it('ignores inherited properties', () => {
    const {field} = fieldOf('{a: {}}')
    assert.equal(field.get('constructor').isAbsent, true)
    assert.equal(field.get('a').get('toString').isAbsent, true)
  })

  it('reports a wrong type with the value as it is written, and keeps that text', () => {
    const {field, found} = fieldOf('{a: 1.10, b: Yes, c: [x], d: {y: z}}')
    const texts = ['a', 'b', 'c', 'd'].map((key) => field.get(key).string())
    assert.deepEqual(texts, ['1.10', 'Yes', undefined, undefined])
    assert.deepEqual(found(), [
      'wrong-type a: must be a string, but this is the number 1.10',
      'wrong-type b: must be a string, but this is the boolean Yes',
      'wrong-type c: must be a string, but this is a list',
      'wrong-type d: must be a string, but this is a mapping',
    ])
  })

  it('shortens a long value in a message', () => {
    const {field, found} = fieldOf(`a: ${'x'.repeat(100)}\nb: |\n  one\n  two\n`)
    field.get('a').boolean()
    field.get('b').boolean()
    assert.deepEqual(found(), [
      `wrong-type a: must be a boolean, but this is the string ${'x'.repeat(57)}...`,
      'wrong-type b: must be a boolean, but this is the string |...',
    ])
  })

  it('reports a value that is not a mapping or list once, and treats it as absent', () => {
    const {field, found} = fieldOf('{a: text, b: {x: y}, c: [1]}')
    const a = field.get('a').mapping()
    assert.equal(a.get('x').isAbsent, true)
    assert.equal(a.get('y').isAbsent, true)
    assert.deepEqual(field.get('b').items(), [])
    assert.deepEqual(field.get('c').entries(), [])
    assert.deepEqual(found(), [
      'wrong-type a: must be a mapping, but this is the string text',
      'wrong-type b: must be a list, but this is a mapping',
      'wrong-type c: must be a mapping, but this is a list',
    ])
  })

  it('accepts a number in quotes, and no other text', () => {
    const {field, found} = fieldOf('{a: "80", b: "", c: 1e3x, d: 80.5, e: true, f: [80], g: .inf}')
    const numbers = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((key) => field.get(key).integer(PORTS))
    assert.deepEqual(numbers, [80, undefined, undefined, undefined, undefined, undefined, undefined])
    assert.deepEqual(found(), [
      'wrong-type a: must be an integer, but this is the string "80"',
      'wrong-type b: must be an integer, but this is the string ""',
      'wrong-type c: must be an integer, but this is the string 1e3x',
      'wrong-type d: must be an integer, but this is the number 80.5',
      'wrong-type e: must be an integer, but this is the boolean true',
      'wrong-type f: must be an integer, but this is a list',
      'wrong-type g: must be an integer, but this is the number .inf',
    ])
  })

  it('accepts a whole number written as a float, as JSON does', () => {
    const {field, found} = fieldOf('{a: 80.0, b: 8e1}')
    assert.deepEqual([field.get('a').integer(PORTS), field.get('b').integer(PORTS)], [80, 80])
    assert.deepEqual(found(), [])
  })

  it('reports an integer out of range, and treats it as absent', () => {
    const {field, found} = fieldOf('{a: 0, b: 65536, c: -1}')
    assert.deepEqual(
      ['a', 'b', 'c'].map((key) => field.get(key).integer(PORTS)),
      [undefined, undefined, undefined],
    )
    assert.deepEqual(found(), [
      'invalid-field a: must be from 1 to 65535, this is 0',
      'invalid-field b: must be from 1 to 65535, this is 65536',
      'invalid-field c: must be from 1 to 65535, this is -1',
    ])
  })

  it('reports a value outside a set, and guesses the intended one', () => {
    const {field, found} = fieldOf('{a: udp, b: quic, c: ""}')
    assert.deepEqual(
      ['a', 'b', 'c'].map((key) => field.get(key).oneOf(['TCP', 'UDP'])),
      ['UDP', 'quic', undefined],
    )
    assert.deepEqual(found(), [
      'invalid-field a: must be one of TCP, UDP, this is "udp"',
      'invalid-field b: must be one of TCP, UDP, this is "quic"',
    ])
  })

  it('keeps the text of a non-string in a map of strings, and drops it from a list of strings', () => {
    const {field, found} = fieldOf('{map: {a: 1.0, b: [x]}, list: [a, 1, [b]]}')
    assert.deepEqual(field.get('map').stringMap(), {a: '1.0', b: '[x]'})
    assert.deepEqual(field.get('list').strings(), ['a', '1'])
    assert.deepEqual(found(), [
      'wrong-type map.a: must be a string, but this is the number 1.0',
      'wrong-type map.b: must be a string, but this is a list',
      'wrong-type list[1]: must be a string, but this is the number 1',
      'wrong-type list[2]: must be a string, but this is a list',
    ])
  })

  it('reports what is missing by its path, and what is no annotation with the text to write', () => {
    const {field, found} = fieldOf('{a: {b: 8080, c: {}}}')
    field.get('x').get('y').missing()
    field.get('a').get('b').annotationNotString()
    field.get('a').get('c').annotationNotString()
    field.get('a').invalid('is bad', 'key')
    assert.deepEqual(found(), [
      'missing-field x.y: the required field x.y is missing',
      'annotation-not-string a.b: the value of an annotation must be a string, but this is the number 8080',
      'annotation-not-string a.c: the value of an annotation must be a string, but this is a mapping',
      'invalid-field a: is bad',
    ])
  })
})

describe('isMapping', () => {
  it('is true for plain objects only', () => {
    assert.deepEqual([{}, [], null, 'a', undefined].map(isMapping), [true, false, false, false, false])
  })
})

describe('present', () => {
  it('leaves out what is undefined, and nothing else', () => {
    assert.deepEqual(present({a: undefined, b: null, c: 0, d: ''}), {b: null, c: 0, d: ''})
  })
})
