import assert from 'node:assert/strict'
import {EXCLUDE_LABEL} from '../../../../src/core/cluster/in-use.js'
import {projectNode} from '../../../../src/sources/cluster/project-node.js'

const METADATA = {name: 'node-1', resourceVersion: '7'}

describe('sources/cluster/project-node', () => {
  it('keeps the fields that lbex uses', () => {
    const node = projectNode({
      metadata: {
        ...METADATA,
        labels: {zone: 'a', [EXCLUDE_LABEL]: ''},
        deletionTimestamp: '2030-01-31T12:00:00Z',
      },
      spec: {taints: [{key: 'ToBeDeletedByClusterAutoscaler'}]},
      status: {
        addresses: [{type: 'InternalIP', address: '10.2.0.1'}],
        conditions: [
          {type: 'MemoryPressure', status: 'False'},
          {type: 'Ready', status: 'Unknown'},
        ],
      },
    })
    assert.deepEqual(node, {
      ref: {kind: 'Node', name: 'node-1'},
      deletionTimestamp: '2030-01-31T12:00:00Z',
      labels: {[EXCLUDE_LABEL]: ''},
      addresses: [{type: 'InternalIP', address: '10.2.0.1'}],
      taints: ['ToBeDeletedByClusterAutoscaler'],
      ready: 'Unknown',
    })
  })

  it('accepts a minimal object', () => {
    assert.deepEqual(projectNode({metadata: METADATA}), {
      ref: {kind: 'Node', name: 'node-1'},
      labels: {},
      addresses: [],
      taints: [],
    })
  })
})
