import assert from 'node:assert/strict'
import {
  describeField,
  describeObject,
  diagnose,
  sortDiagnostics,
  type Diagnostic,
} from '../../../src/diagnostics/diagnostic.js'

const web = {kind: 'Service', namespace: 'default', name: 'web'}
const origin = {file: 'web.yaml', document: 0, path: []}

describe('diagnose', () => {
  it('takes severity, message and hint from the catalogue, and the position from the caller', () => {
    const location = {file: 'web.yaml', line: 3, column: 1, endLine: 3, endColumn: 9}
    const field = ['spec', 'ports', 0, 'protocol']
    const related = [{message: 'here', object: web}]
    assert.deepEqual(
      diagnose('port-protocol', {
        subject: {ref: web, origin},
        field,
        on: 'key',
        location,
        args: {protocol: 'SCTP'},
        related,
      }),
      {
        code: 'port-protocol',
        severity: 'error',
        message: 'protocol SCTP is not supported; this port is not exposed',
        object: web,
        field,
        on: 'key',
        origin,
        location,
        hint: 'NGINX supports TCP and UDP',
        related,
      },
    )
  })

  it('omits absent fields', () => {
    assert.deepEqual(diagnose('yaml-syntax', {subject: {ref: web}, args: {problem: 'x'}, related: []}), {
      code: 'yaml-syntax',
      severity: 'error',
      message: 'not valid YAML: x',
      object: web,
    })
  })
})

describe('describeObject', () => {
  it('includes the namespace if there is one', () => {
    assert.equal(describeObject(web), 'Service default/web')
    assert.equal(describeObject({kind: 'Node', name: 'a'}), 'Node a')
  })
})

describe('text of the user in a message', () => {
  const nasty = 'a\nb\u001b[31m\u2028c'

  it('does not break a message into lines, and is escaped for the terminal', () => {
    const {message} = diagnose('annotation-unknown', {subject: {ref: web}, args: {key: nasty}})
    assert.equal(message, 'unknown annotation a\\u000ab\\u001b[31m\\u2028c')
    const {hint} = diagnose('port-alias-ambiguous', {subject: {ref: web}, args: {key: 'k', names: [nasty]}})
    assert.equal(hint, 'use loadbalancer-port.lbex/a\\u000ab\\u001b[31m\\u2028c')
    assert.equal(describeObject({kind: 'Node', name: nasty}), 'Node a\\u000ab\\u001b[31m\\u2028c')
  })
})

describe('describeField', () => {
  it('formats paths like Kubernetes', () => {
    assert.equal(describeField(['spec', 'ports', 0, 'nodePort']), 'spec.ports[0].nodePort')
    assert.equal(
      describeField(['metadata', 'annotations', 'loadbalancer.lbex/port']),
      'metadata.annotations["loadbalancer.lbex/port"]',
    )
    assert.equal(describeField([]), '')
  })
})

describe('sortDiagnostics', () => {
  const base: Diagnostic = {code: 'no-backend', severity: 'error', message: 'm', object: web}
  const at = (file: string, line: number, column: number) => ({
    file,
    line,
    column,
    endLine: line,
    endColumn: column,
  })

  it('sorts by position, object, severity, code, field and message', () => {
    const sorted: Diagnostic[] = [
      {...base, object: {kind: 'Node', name: 'a'}},
      base,
      {...base, message: 'n'},
      {...base, field: ['spec']},
      {...base, code: 'port-invalid'},
      {...base, code: 'nodes-lost', severity: 'warning'},
      {...base, code: 'nodes-lost', severity: 'info'},
      {...base, origin: {...origin, file: 'a.yaml'}},
      {...base, location: at('b.yaml', 1, 1)},
      {...base, location: at('b.yaml', 1, 2)},
      {...base, location: at('b.yaml', 2, 1)},
    ]
    assert.deepEqual(sortDiagnostics([...sorted].reverse()), sorted)
    assert.deepEqual(sortDiagnostics(sorted), sorted)
  })

  it('does not modify its argument, and keeps equal diagnostics', () => {
    const twice = [base, {...base}]
    assert.notEqual(sortDiagnostics(twice), twice)
    assert.deepEqual(sortDiagnostics(twice), twice)
  })
})
