import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {findDuplicateKeys} from '../../../../src/sources/manifests/duplicate-keys.js'
import {parsePlainYaml} from '../../../../src/sources/manifests/parse-plain-yaml.js'
import {parseYaml, readValue, syntaxProblem} from '../../../../src/sources/manifests/parse-yaml.js'
import {splitDocuments} from '../../../../src/sources/manifests/split-documents.js'
import {mutations} from '../../../support/mutations.js'
import {INTEGRATION_TIMEOUT} from '../../../support/timeouts.js'

/** What `yaml` makes of it; undefined where it finds something wrong. */
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

describe('parsePlainYaml', () => {
  it('reads what most manifests are made of', () => {
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
        -
          x: 10.0.0.1
        - 1
  externalIPs: []
  publishNotReadyAddresses: true
  time: 2026-01-01T00:00:00Z
`
    assert.deepEqual(parsePlainYaml(text), slowly(text))
    assert.ok(parsePlainYaml(text))
    assert.deepEqual(parsePlainYaml(text.replaceAll('\n', '\r\n')), slowly(text))
  })

  for (const text of [
    '',
    '# nothing',
    'plain',
    'a: b: c',
    'a: {b: c}',
    'a: |\n  text',
    'a: &x b',
    'a: *x',
    'a: !!str b',
    'a: yes',
    'a: 0x1F',
    'a: 1_000',
    'a: 012',
    'a: 1.5',
    'a: "\\n"',
    "a: 'it''s'",
    'a: b\n  c',
    'a: 1\na: 2',
    'yes: a',
    '1: a',
    '<<: a',
    'a:\tb',
    '- - a',
    'a: 1\n  b: 2',
    '  a: 1\nb: 2',
    '- a\nb: c',
    'a: 1\n- b',
    'a: 1\n---\nb: 1',
    '%YAML 1.2\n---\na: 1',
    'a: 1\u2028',
    'a: "b"\u3000',
    '---\r\r\na: b',
    'a: b\r',
    'a: b\n\uFEFF',
    'a: b\n\u2028',
    `${Array.from({length: 60}, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')} 1`,
  ]) {
    it(`leaves ${JSON.stringify(text).slice(0, 40)} to yaml`, () => {
      assert.equal(parsePlainYaml(text), undefined)
    })
  }

  it('gives what yaml gives, or nothing, whatever is written', function () {
    this.timeout(INTEGRATION_TIMEOUT)
    let plain = 0
    for (const text of mutations(DOCUMENTS, 4000, 1)) {
      const fast = parsePlainYaml(text)
      if (fast === undefined) continue
      plain += 1
      assert.deepEqual(fast, slowly(text), text)
    }
    assert.ok(plain > 200, `${plain} were plain`)
  })
})
