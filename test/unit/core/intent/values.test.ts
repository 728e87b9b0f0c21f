import assert from 'node:assert/strict'
import type {Diagnostic} from '../../../../src/diagnostics/diagnostic.js'
import {reporter} from '../../../../src/diagnostics/reporter.js'
import {ANNOTATIONS} from '../../../../src/core/intent/annotations.js'
import {
  annotationField,
  isPoolName,
  isPortNumber,
  parsePort,
  readAddress,
  readBoolean,
  readEnum,
} from '../../../../src/core/intent/values.js'
import {aService} from '../../../support/builders.js'
import {findings} from '../../../support/outline.js'

const PORTS: readonly [text: string, port: number | undefined][] = [
  ['1', 1],
  ['80', 80],
  ['65535', 65_535],
  ...['0', '65536', '99999', '100000', '-1', '+80', ' 80', '80 ', '80\n', '80.0', '8e1', '0x50', '080'].map(
    (text) => [text, undefined] as [string, undefined],
  ),
  ...['', 'http', '８０', '80,443', '80;', '1_000', 'Infinity', 'NaN', '9'.repeat(10_000)].map(
    (text) => [text, undefined] as [string, undefined],
  ),
]

describe('parsePort', () => {
  for (const [text, port] of PORTS) {
    it(`${port === undefined ? 'refuses' : 'takes'} ${JSON.stringify(text.slice(0, 12))}`, () =>
      assert.equal(parsePort(text), port))
  }
})

describe('isPortNumber', () => {
  it('accepts integers from 1 to 65535', () => {
    assert.deepEqual([1, 65_535].map(isPortNumber), [true, true])
    assert.deepEqual([0, -1, 65_536, 1.5, NaN, Infinity].map(isPortNumber), Array(6).fill(false))
  })
})

describe('isPoolName', () => {
  it('accepts label values', () => {
    for (const text of ['a', 'A1', 'web-server', 'a_b.c', 'x'.repeat(63)])
      assert.equal(isPoolName(text), true, text)
    for (const text of ['', '-a', 'a-', '.a', 'a b', 'ä', 'a/b', 'x'.repeat(64), 'a\n'])
      assert.equal(isPoolName(text), false, text)
  })
})

describe('annotationField', () => {
  it('is the path of the annotation', () => {
    assert.deepEqual(annotationField('a/b'), ['metadata', 'annotations', 'a/b'])
  })
})

function reading<T>(
  annotations: Record<string, string>,
  read: (service: ReturnType<typeof build>, report: ReturnType<typeof reporter>) => T,
) {
  const service = build(annotations)
  const found: Diagnostic[] = []
  const value = read(service, reporter(service, found))
  return {value, findings: findings(found), hints: found.map(({hint}) => hint)}
}

const build = (annotations: Record<string, string>) => aService().annotated(annotations).build()

describe('readEnum', () => {
  const read = (annotations: Record<string, string>) =>
    reading(annotations, (service, report) => readEnum(service, ANNOTATIONS.method, report))

  it('returns each value of the set, and the default if the annotation is absent', () => {
    for (const method of ANNOTATIONS.method.values)
      assert.deepEqual(read({method}), {value: method, findings: [], hints: []})
    assert.deepEqual(read({}), {value: 'connect', findings: [], hints: []})
  })

  it('reports a value outside the set with the most similar valid one, and returns the default', () => {
    assert.deepEqual(read({method: 'last_bite'}), {
      value: 'connect',
      findings: ['warning value-unknown metadata.annotations["loadbalancer.lbex/method"]'],
      hints: ['did you mean "last_byte"?'],
    })
    for (const method of ['', 'CONNECT', ' connect', 'connect; listen 1', '__proto__', 'constructor'])
      assert.equal(read({method}).findings.length, 1, method)
  })
})

describe('readBoolean', () => {
  const read = (passthrough?: string) =>
    reading(passthrough === undefined ? {} : {passthrough}, (service, report) =>
      readBoolean(service, ANNOTATIONS.passthrough.key, report),
    )

  it("accepts the forms of Go's ParseBool", () => {
    for (const text of ['1', 't', 'T', 'TRUE', 'true', 'True']) assert.deepEqual(read(text).value, true, text)
    for (const text of ['0', 'f', 'F', 'FALSE', 'false', 'False'])
      assert.deepEqual(read(text), {value: false, findings: [], hints: []})
    assert.deepEqual(read(), {value: false, findings: [], hints: []})
  })

  it('reports any other form, and returns the default', () => {
    for (const text of ['', 'yes', 'on', 'tRUE', ' true', '2', '__proto__', 'constructor']) {
      assert.deepEqual(read(text), {
        value: false,
        findings: ['warning boolean-invalid metadata.annotations["loadbalancer.lbex/passthrough"]'],
        hints: ['use "true" or "false"'],
      })
    }
  })
})

describe('readAddress', () => {
  const read = (resolver: string) =>
    reading({resolver}, (service, report) => readAddress(service, ANNOTATIONS.resolver.key, report))

  it('returns addresses of both families in canonical form', () => {
    assert.deepEqual(read('10.0.0.10'), {value: '10.0.0.10', findings: [], hints: []})
    assert.deepEqual(read('FD00:0::0053').value, 'fd00::53')
  })

  it('rejects everything else, which lbex 1.x wrote to its configuration unchanged', () => {
    for (const text of [
      '',
      'dns.example',
      '10.0.0.10:53',
      '10.0.0.10 valid=1s',
      '10.0.0.10; } server { listen 1',
      '[::1]',
    ]) {
      assert.deepEqual(read(text), {
        value: undefined,
        findings: ['warning resolver-invalid metadata.annotations["loadbalancer.lbex/resolver"]'],
        hints: ['use the IP address of a DNS server: "10.0.0.10"'],
      })
    }
  })
})
