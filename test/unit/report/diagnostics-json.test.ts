import assert from 'node:assert/strict'
import {diagnosticJson} from '../../../src/report/diagnostics-json.js'
import {BARE, CONFLICT} from './samples.js'

const location = (line: number) => ({file: 'demo.yaml', line, column: 5, endLine: line, endColumn: 9})

describe('diagnosticJson', () => {
  it('has the fields for programs', () => {
    assert.deepEqual(diagnosticJson(CONFLICT), {
      code: 'port-conflict',
      severity: 'error',
      message: '0.0.0.0:80/TCP is already taken',
      object: {kind: 'Service', namespace: 'default', name: 'b'},
      field: 'metadata.annotations["loadbalancer-port.lbex/http"]',
      location: location(27),
      hint: 'choose another listen port',
      related: [
        {
          message: 'the winner',
          object: {kind: 'Service', namespace: 'default', name: 'a'},
          field: 'spec.ports[0]',
          location: location(3),
        },
      ],
    })
  })

  it('omits unknown fields', () => {
    assert.deepEqual(Object.keys(diagnosticJson(BARE)), ['code', 'severity', 'message', 'object', 'related'])
  })
})
