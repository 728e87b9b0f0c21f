import assert from 'node:assert/strict'
import {parseYaml, readValue, syntaxProblem} from '../../../../src/sources/manifests/parse-yaml.js'

/** Ten anchors, each a list of nine uses of the one before. */
function bomb(use: (anchor: string) => string): string {
  const lines = Array.from({length: 9}, (_, index) => {
    const uses = Array.from({length: 9}, () => `*a${index}`).join(', ')
    return `a${index + 1}: &a${index + 1} ${use(uses)}`
  })
  return ['a0: &a0 {k: v}', ...lines].join('\n')
}

describe('parseYaml and syntaxProblem', () => {
  const problems: [what: string, text: string, problem: string, range: [number, number]][] = [
    ['a tab as indentation', 'a:\n\tb: 1\n', 'tabs are not allowed as indentation', [3, 4]],
    [
      'a wrong indentation',
      'a:\n  b: 1\n c: 2\n',
      'all mapping items must start at the same column',
      [10, 11],
    ],
    ['a quote that does not end', 'a: "b\nc: d\n\n', 'missing closing "quote', [10, 10]],
    ['a key that is no string', '? [a]\n: 1\n', 'a key must be a string', [2, 3]],
    ['deep nesting in flow style', '['.repeat(100_000), 'it is nested too deeply', [256, 256]],
    ['deep nesting in block style', '- '.repeat(100_000), 'it is nested too deeply', [511, 511]],
    ['a very long value', `a: "${'x'.repeat(2.1e6)}"\n`, 'a value has more than 2097152 characters', [3, 3]],
    ['a template', 'a: {{ .Values.x }}\n', 'a key must be a string', [4, 5]],
  ]
  for (const [what, text, problem, range] of problems) {
    it(`reports ${what}`, () => assert.deepEqual(syntaxProblem(parseYaml(text)), {problem, range}))
  }

  for (const text of ['', '\n', '# only a comment\n', '---\n', '---\n...\n', '%YAML 1.2\n---\n', '\uFEFF']) {
    it(`reads ${JSON.stringify(text)} as an empty document`, () => {
      const yaml = parseYaml(text)
      assert.equal(syntaxProblem(yaml), undefined)
      assert.deepEqual(readValue(yaml), {value: null})
    })
  }

  it('accepts duplicate keys', () => {
    const yaml = parseYaml('a: 1\na: 2\n')
    assert.equal(syntaxProblem(yaml), undefined)
    assert.deepEqual(readValue(yaml), {value: {a: 2}})
  })
})

describe('readValue', () => {
  const values: [what: string, text: string, value: unknown][] = [
    ['tabs between tokens', 'a:\t1\t# comment\n', {a: 1}],
    ['JSON with tabs', '{\n\t"a": {\n\t\t"b": 1\n\t}\n}', {a: {b: 1}}],
    ['CRLF', 'a: 1\r\nb:\r\n  - x\r\n', {a: 1, b: ['x']}],
    ['a byte order mark', '\uFEFFa: 1\n', {a: 1}],
    ['anchors', 'a: &x {k: v}\nb: *x\n', {a: {k: 'v'}, b: {k: 'v'}}],
    [
      'merge keys, where own keys win, then earlier ones',
      'a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 3}\n',
      {a: {x: 1, y: 1}, b: {y: 2, z: 2}, c: {x: 3, y: 1, z: 2}},
    ],
    ['a merge key in quotes as a key', 'a: {"<<": {x: 1}}\n', {a: {'<<': {x: 1}}}],
    ['keys that look like numbers', '1: a\ntrue: b\n', {1: 'a', true: 'b'}],
    ['block scalars', 'a: |\n  x\n  y\nb: >-\n  x\n  y\n', {a: 'x\ny\n', b: 'x y'}],
  ]
  for (const [what, text, value] of values) {
    it(`reads ${what}`, () => assert.deepEqual(readValue(parseYaml(text)), {value}))
  }

  it('reads __proto__ as a plain property', () => {
    const {value} = readValue(parseYaml('{__proto__: {x: 1}}')) as {value: object}
    assert.deepEqual(Object.keys(value), ['__proto__'])
    assert.equal(Object.getPrototypeOf(value), Object.prototype)
  })

  it('allows an anchor to be used often', () => {
    const text = `a: &a {k: v}\nb: [${Array.from({length: 2000}, () => '*a').join(', ')}]`
    const {value} = readValue(parseYaml(text)) as {value: {b: unknown[]}}
    assert.equal(value.b.length, 2000)
  })

  const problems: [what: string, text: string, problem: string, range: [number, number]][] = [
    [
      'an alias without anchor',
      'a: &y 1\nb: *y\nc: *x\n',
      'unresolved alias (the anchor must be set before the alias): x',
      [17, 19],
    ],
    ['a merge of no mapping', 'a:\n  <<: 3\n', 'merge sources must be maps or map aliases', [5, 7]],
    ['a merge of itself', 'a: &a\n  <<: *a\n', 'a mapping is merged into itself', [12, 14]],
    [
      'too many aliases',
      bomb((uses) => `[${uses}]`),
      'its aliases expand to more than 1000000 values',
      [24, 27],
    ],
    [
      'too many merges',
      bomb((uses) => `{<<: [${uses}]}`),
      'its aliases expand to more than 1000000 values',
      [29, 32],
    ],
  ]
  for (const [what, text, problem, range] of problems) {
    it(`reports ${what}`, () => assert.deepEqual(readValue(parseYaml(text)), {problem, range}))
  }

  it('limits the anchors and aliases of a document', () => {
    const pairs = Array.from({length: 5001}, (_, index) => `&a${index} v, *a${index}`)
    const problem = 'it has 10002 anchors and aliases, more than 10000'
    assert.deepEqual(readValue(parseYaml(`[${pairs.join(', ')}]`)), {problem, range: [8, 11]})
  })
})
