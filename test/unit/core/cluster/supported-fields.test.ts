import assert from 'node:assert/strict'
import {V1Endpoint, V1NodeSpec, V1ServiceSpec} from '@kubernetes/client-node'
import {
  ENDPOINT_FIELDS,
  NODE_SPEC_FIELDS,
  SERVICE_SPEC_FIELDS,
} from '../../../../src/core/cluster/supported-fields.js'
import {CODES} from '../../../../src/diagnostics/catalogue.js'

const fieldsOf = (model: {getAttributeTypeMap(): readonly {readonly baseName: string}[]}): string[] =>
  model
    .getAttributeTypeMap()
    .map(({baseName}) => baseName)
    .sort()

describe('the supported fields', () => {
  it('are all fields that Kubernetes has', () => {
    assert.deepEqual(Object.keys(SERVICE_SPEC_FIELDS).sort(), fieldsOf(V1ServiceSpec))
    assert.deepEqual(Object.keys(ENDPOINT_FIELDS).sort(), fieldsOf(V1Endpoint))
    assert.deepEqual(Object.keys(NODE_SPEC_FIELDS).sort(), fieldsOf(V1NodeSpec))
  })

  it('name a diagnostic if they are reported', () => {
    const tables = [SERVICE_SPEC_FIELDS, ENDPOINT_FIELDS, NODE_SPEC_FIELDS]
    const reported = tables
      .flatMap((table) => Object.values(table))
      .filter(({support}) => support === 'reported')
    assert.ok(reported.length > 1)
    for (const {note} of reported)
      assert.ok(
        CODES.some((code) => note.includes(code)),
        note,
      )
  })
})
