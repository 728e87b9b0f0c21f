import assert from 'node:assert/strict'
import {projectNode} from '../../../../src/sources/manifests/project-node.js'
import {fieldOf} from './support.js'

describe('projectNode', () => {
  it('reads every field that lbex uses', () => {
    const {field, found} = fieldOf(`
      metadata: {name: node-1.example, labels: {zone: a}, deletionTimestamp: 2030-01-31T12:00:00Z}
      spec: {taints: [{key: ToBeDeletedByClusterAutoscaler, value: "1", effect: NoSchedule}]}
      status:
        addresses: [{type: InternalIP, address: 192.0.2.1}, {type: Hostname, address: node-1}]
        conditions: [{type: DiskPressure, status: "False"}, {type: Ready, status: "Unknown"}]`)
    assert.deepEqual(projectNode(field), {
      deletionTimestamp: '2030-01-31T12:00:00Z',
      labels: {zone: 'a'},
      addresses: [
        {type: 'InternalIP', address: '192.0.2.1'},
        {type: 'Hostname', address: 'node-1'},
      ],
      taints: ['ToBeDeletedByClusterAutoscaler'],
      ready: 'Unknown',
    })
    assert.deepEqual(found(), [])
  })

  it('reads a bare Node', () => {
    const {field, found} = fieldOf('{metadata: {name: a}}')
    assert.deepEqual(projectNode(field), {labels: {}, addresses: [], taints: []})
    assert.deepEqual(found(), [])
  })

  it('reports what is missing or wrong, and reads the rest', () => {
    const {field, found} = fieldOf(`
      metadata: {name: a}
      spec: {taints: [{}, x]}
      status:
        addresses: [{type: InternalIP}, 1, {type: InternalIP, address: 192.0.2.1}]
        conditions: [{type: Ready, status: Maybe}]`)
    assert.deepEqual(projectNode(field), {
      labels: {},
      addresses: [{type: 'InternalIP', address: '192.0.2.1'}],
      taints: [],
    })
    assert.deepEqual(found(), [
      'missing-field status.addresses[0].address: the required field status.addresses[0].address is missing',
      'wrong-type status.addresses[1]: must be a mapping, but this is the number 1',
      'missing-field spec.taints[0].key: the required field spec.taints[0].key is missing',
      'wrong-type spec.taints[1]: must be a mapping, but this is the string x',
      'invalid-field status.conditions[0].status: must be one of True, False, Unknown, this is "Maybe"',
    ])
  })

  it('reports an unquoted True, which is not a string', () => {
    const {field, found} = fieldOf(
      '{metadata: {name: a}, status: {conditions: [{type: Ready, status: True}]}}',
    )
    assert.equal(projectNode(field).ready, 'True')
    assert.deepEqual(found(), [
      'wrong-type status.conditions[0].status: must be a string, but this is the boolean True',
    ])
  })
})
