import assert from 'node:assert/strict'
import type {FieldPath} from '../../../../src/diagnostics/diagnostic.js'
import {parseYaml} from '../../../../src/sources/manifests/parse-yaml.js'
import {Positions} from '../../../../src/sources/manifests/positions.js'

const BLOCK = `# a Service
apiVersion: v1
metadata:
  name: "ntp"   # its name
  annotations: {a/b: 'x', c: }
spec:
  ports:
  - name: ntp
    port: 123

  - &second
    port: 80
  selector:
`

const MERGED = `base: &base
  labels: &labels {app: x, tier: y}
  port: 80
one:
  <<: *base
  port: 81
two:
  <<: [{port: 82}, *base]
three: *base
four:
  labels: *labels
list: [*base, {a: b}]
`

/** The text at the place, with \`at\` for where it begins. */
function place(
  text: string,
  path: FieldPath,
  on?: 'key' | 'value',
): {text: string; line: number; column: number} {
  const positions = new Positions(parseYaml(text))
  const [start, end] = positions.rangeOf(path, on)
  return {text: text.slice(start, end), ...positions.at(start)}
}

type Case = [path: FieldPath, on: 'key' | 'value', text: string, line: number, column: number]

describe('Positions.rangeOf', () => {
  const cases: Case[] = [
    [['apiVersion'], 'value', 'v1', 2, 13],
    [['apiVersion'], 'key', 'apiVersion', 2, 1],
    [['metadata', 'name'], 'value', '"ntp"', 4, 9],
    [['metadata', 'name'], 'key', 'name', 4, 3],
    [['metadata', 'annotations', 'a/b'], 'value', "'x'", 5, 22],
    [['metadata', 'annotations', 'a/b'], 'key', 'a/b', 5, 17],
    [['spec', 'ports', 0, 'port'], 'value', '123', 9, 11],
    [['spec', 'ports', 1, 'port'], 'value', '80', 12, 11],
    [['spec', 'ports', 0], 'value', 'name: ntp\n    port: 123', 8, 5],
    [['spec', 'ports', 1], 'value', 'port: 80', 12, 5],
    [['spec', 'ports'], 'value', '- name: ntp\n    port: 123\n\n  - &second\n    port: 80', 8, 3],
  ]
  for (const [path, on, text, line, column] of cases) {
    it(`shows the ${on} of ${path.join('.')}`, () =>
      assert.deepEqual(place(BLOCK, path, on), {text, line, column}))
  }

  const missing: [what: string, path: FieldPath, text: string, line: number, column: number][] = [
    ['a value that is empty at its key', ['spec', 'selector'], 'selector', 13, 3],
    ['an empty value in flow style at its key', ['metadata', 'annotations', 'c'], 'c', 5, 27],
    ['a missing field at the key of its parent', ['metadata', 'namespace'], 'metadata', 3, 1],
    ['a field below a missing one at the nearest parent', ['spec', 'selector', 'x', 'y'], 'selector', 13, 3],
    ['a missing field of a list member at its first key', ['spec', 'ports', 0, 'nodePort'], 'name', 8, 5],
    ['a member that is not there at the key of the list', ['spec', 'ports', 7], 'ports', 7, 3],
    ['a field of the object itself at its first key', ['status'], 'apiVersion', 2, 1],
    ['a field below a scalar at its key', ['apiVersion', 'x'], 'apiVersion', 2, 1],
  ]
  for (const [what, path, text, line, column] of missing) {
    it(`shows ${what}`, () => {
      assert.deepEqual(place(BLOCK, path), {text, line, column})
      assert.deepEqual(place(BLOCK, path, 'key'), {text, line, column})
    })
  }

  const merged: Case[] = [
    [['one', 'port'], 'value', '81', 6, 9],
    [['one', 'labels', 'app'], 'value', 'x', 2, 25],
    [['one', 'labels', 'app'], 'key', 'app', 2, 20],
    [['one', 'labels', 'none'], 'value', 'labels', 2, 3],
    [['two', 'port'], 'value', '82', 8, 15],
    [['two', 'labels'], 'key', 'labels', 2, 3],
    [['three'], 'value', '*base', 9, 8],
    [['three'], 'key', 'three', 9, 1],
    [['three', 'port'], 'value', '80', 3, 9],
    [['four', 'labels'], 'value', '*labels', 11, 11],
    [['four', 'labels', 'tier'], 'value', 'y', 2, 34],
    [['list', 0, 'port'], 'value', '80', 3, 9],
    [['list', 0], 'value', '*base', 12, 8],
    [['list', 0, 'none'], 'value', 'labels', 2, 3],
    [['list', 1, 'none'], 'value', 'a', 12, 16],
  ]
  for (const [path, on, text, line, column] of merged) {
    it(`follows anchors and merges to the ${on} of ${path.join('.')}`, () => {
      assert.deepEqual(place(MERGED, path, on), {text, line, column})
    })
  }

  it('shows the last of duplicate keys, which counts', () => {
    assert.deepEqual(place('a: 1\na: 2\n', ['a']), {text: '2', line: 2, column: 4})
  })

  it('counts lines and columns with CRLF', () => {
    const text = BLOCK.replaceAll('\n', '\r\n')
    assert.deepEqual(place(text, ['spec', 'ports', 1, 'port']), {text: '80', line: 12, column: 11})
    assert.deepEqual(place(text, ['metadata', 'name']), {text: '"ntp"', line: 4, column: 9})
    assert.deepEqual(place(text, ['metadata', 'annotations']), {text: "{a/b: 'x', c: }", line: 5, column: 16})
  })

  it('knows JSON', () => {
    const text = '{\n\t"a": {"b": [1, "x"]}\n}\n'
    assert.deepEqual(place(text, ['a', 'b', 1]), {text: '"x"', line: 2, column: 17})
    assert.deepEqual(place(text, ['a', 'b'], 'key'), {text: '"b"', line: 2, column: 8})
  })

  it('takes block scalars whole, without the line break at the end', () => {
    assert.deepEqual(place('a: |\n  x\n  y\n\nb: 1\n', ['a']), {text: '|\n  x\n  y', line: 1, column: 4})
  })

  it('has an empty range for an empty document', () => {
    assert.deepEqual(place('', ['a']), {text: '', line: 1, column: 1})
    assert.deepEqual(place('# nothing\n', []), {text: '', line: 1, column: 1})
  })
})

describe('Positions.sourceOf', () => {
  const positions = new Positions(parseYaml('a: 0x1F\nb: &b 1.10\nc: *b\nd: {e: [1,  2]}\nf:\n'))
  const cases: [path: FieldPath, source: string][] = [
    [['a'], '0x1F'],
    [['b'], '1.10'],
    [['c'], '1.10'],
    [['d'], '{e: [1,  2]}'],
    [['d', 'e', 1], '2'],
    [['f'], ''],
    [['x'], ''],
  ]
  for (const [path, source] of cases) {
    it(`gives ${path.join('.')} as it is written`, () => assert.equal(positions.sourceOf(path), source))
  }
})
