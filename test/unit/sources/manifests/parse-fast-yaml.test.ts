import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {findDuplicateKeys} from '../../../../src/sources/manifests/duplicate-keys.js'
import {parseFastYaml} from '../../../../src/sources/manifests/parse-fast-yaml.js'
import {parseYaml, readValue, syntaxProblem} from '../../../../src/sources/manifests/parse-yaml.js'
import {splitDocuments} from '../../../../src/sources/manifests/split-documents.js'
import {mutations} from '../../../support/mutations.js'
import {INTEGRATION_TIMEOUT} from '../../../support/timeouts.js'

/** The value from `yaml`; undefined if there is a problem. */
function slowly(text: string): {value: unknown} | undefined {
  const yaml = parseYaml(text)
  const read = syntaxProblem(yaml) ?? readValue(yaml)
  return 'problem' in read || findDuplicateKeys(yaml).length > 0 ? undefined : {value: read.value}
}

const golden = fileURLToPath(new URL('../../../golden/', import.meta.url))
const DOCUMENTS = readdirSync(golden, {recursive: true, encoding: 'utf8'})
  .filter((name) => name.endsWith('.yaml'))
  .flatMap((name) => splitDocuments(readFileSync(join(golden, name), 'utf8')))
  .map(({text}) => text)

describe('parseFastYaml', () => {
  it('reads what most manifests consist of', () => {
    const text = `---
# A comment.
apiVersion: v1
kind: Service   # of ours
metadata:
  name: web
  labels: {}
  annotations:
    loadbalancer-port.lbex/http: "8080"
    'a.b/c': 'it # is'
    empty:
spec:
  ports:
  - name: http
    port: 80
    targetPort: 8080
  -   name: dns
      protocol: UDP
      list:
        - a b
        - x: 10.0.0.1
        - 1
  externalIPs: []
  publishNotReadyAddresses: true
  time: 2026-01-01T00:00:00Z
`
    assert.deepEqual(parseFastYaml(text), slowly(text))
    assert.ok(parseFastYaml(text))
    assert.deepEqual(parseFastYaml(text.replaceAll('\n', '\r\n')), slowly(text))
  })

  for (const [text, value] of [
    ['# nothing', null],
    ['---\n', null],
    ['plain', 'plain'],
    ['a: b\n  c', {a: 'b c'}],
    ['a: 1.5', {a: 1.5}],
    ['a: yes', {a: true}],
    ['a: 0x1F', {a: 31}],
    ['a: 012', {a: 10}],
    ['a: 1_000', {a: 1000}],
    ['a: ~', {a: null}],
    ['a: "\\n"', {a: '\n'}],
    ["a: 'it''s'", {a: "it's"}],
    ['a: [b, "c", 1]', {a: ['b', 'c', 1]}],
    ['a: {}', {a: {}}],
    ['"a": b', {a: 'b'}],
    ['a: http://x/y?z=1&b=2', {a: 'http://x/y?z=1&b=2'}],
  ] as const) {
    it(`reads ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseFastYaml(text), {value})
      assert.deepEqual(slowly(text), {value})
    })
  }

  for (const text of [
    ...['', 'a: b: c', 'a: "b', 'a: 1\na: 2', 'a: 1\n  b: 2', '  a: 1\nb: 2'],
    ...['- a\nb: c', 'a: 1\n- b', 'a: 1\n---\nb: 1', 'a:\tb', 'a: 1\u2028', 'a: "b"\u3000', '\uFEFFa: b'],
    ...['---\r\r\na: b', 'a: b\r', '------\n', '---#\na: b', '--- a: b', '%YAML 1.2\n---\na: 1'],
    ...[
      'a: &x b',
      'a: *x',
      'a: !!str b',
      '<<: a',
      '? a',
      'a: |\n  text',
      'a: >\n  text',
      'a: "b"#c',
      'a: [b]#c',
    ],
    ...['yes: a', '1: a', '- ~ : a', '0x1F: a', ': a', '[a]: b', '{}: b', 'a: {b: c}', 'a: {{ .Values.x }}'],
    ...[
      'a: [b,\nc]',
      'a: [[b]]',
      'a: "b\nc"',
      'a: "b\\\nc"',
      "a: 'b\nc'",
      '- - a',
      '- -\n- -',
      ' -\n- a',
      ' - #c\n- a',
    ],
    `${Array.from({length: 120}, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')} 1`,
  ]) {
    it(`leaves ${JSON.stringify(text).slice(0, 40)} to yaml`, () => {
      assert.equal(parseFastYaml(text), undefined)
    })
  }

  it('returns the value of yaml, or undefined, for any text', function () {
    this.timeout(INTEGRATION_TIMEOUT)
    let fast = 0
    for (const text of mutations(DOCUMENTS, 4000, 1)) {
      const read = parseFastYaml(text)
      if (read === undefined) continue
      fast += 1
      assert.deepEqual(read, slowly(text), text)
    }
    assert.ok(fast > 200, `${fast} were read`)
  })
})
