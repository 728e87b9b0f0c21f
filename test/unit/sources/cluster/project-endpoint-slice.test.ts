import assert from 'node:assert/strict'
import {projectEndpointSlice} from '../../../../src/sources/cluster/project-endpoint-slice.js'

const METADATA = {name: 'web-1', namespace: 'shop', resourceVersion: '7'}

describe('sources/cluster/project-endpoint-slice', () => {
  it('keeps the fields that lbex uses', () => {
    const slice = projectEndpointSlice({
      metadata: {...METADATA, labels: {'kubernetes.io/service-name': 'web'}},
      addressType: 'IPv4',
      endpoints: [
        {
          addresses: ['10.1.0.1'],
          conditions: {ready: false, serving: true, terminating: true},
          nodeName: 'node-1',
          hints: {forZones: [{name: 'east'}, {name: 'west'}]},
          targetRef: {name: 'web-abc'},
        },
        {addresses: ['10.1.0.2'], hints: {}},
      ],
      ports: [{name: 'http', protocol: 'TCP', port: 8080}, {}],
    })
    assert.deepEqual(slice, {
      ref: {kind: 'EndpointSlice', namespace: 'shop', name: 'web-1'},
      serviceName: 'web',
      addressType: 'IPv4',
      endpoints: [
        {
          addresses: ['10.1.0.1'],
          conditions: {ready: false, serving: true, terminating: true},
          nodeName: 'node-1',
          zoneHints: ['east', 'west'],
          targetName: 'web-abc',
        },
        {addresses: ['10.1.0.2'], conditions: {}},
      ],
      ports: [
        {name: 'http', protocol: 'TCP', port: 8080},
        {name: '', protocol: 'TCP'},
      ],
    })
  })

  it('accepts a minimal object', () => {
    assert.deepEqual(projectEndpointSlice({metadata: METADATA, addressType: 'IPv6'}), {
      ref: {kind: 'EndpointSlice', namespace: 'shop', name: 'web-1'},
      serviceName: '',
      addressType: 'IPv6',
      endpoints: [],
      ports: [],
    })
  })
})
