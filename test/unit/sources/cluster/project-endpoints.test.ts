import assert from 'node:assert/strict'
import {projectEndpoints} from '../../../../src/sources/cluster/project-endpoints.js'

const METADATA = {name: 'web', namespace: 'shop', resourceVersion: '7'}
const SLICE = {ref: {kind: 'Endpoints', namespace: 'shop', name: 'web'}, serviceName: 'web'}

describe('sources/cluster/project-endpoints', () => {
  it('creates a slice for each address family in each subset', () => {
    const slices = projectEndpoints({
      metadata: METADATA,
      subsets: [
        {
          addresses: [{ip: '10.1.0.1', nodeName: 'node-1', targetRef: {name: 'web-abc'}}, {ip: 'fd00::1'}],
          notReadyAddresses: [{ip: '10.1.0.2'}],
          ports: [{name: 'http', port: 8080}],
        },
        {addresses: [{ip: '10.1.0.3'}], ports: [{name: 'http', port: 9090}]},
      ],
    })
    const ports = [{name: 'http', protocol: 'TCP', port: 8080}]
    assert.deepEqual(slices, [
      {
        ...SLICE,
        addressType: 'IPv4',
        endpoints: [
          {
            addresses: ['10.1.0.1'],
            conditions: {ready: true},
            nodeName: 'node-1',
            targetName: 'web-abc',
          },
          {addresses: ['10.1.0.2'], conditions: {ready: false}},
        ],
        ports,
      },
      {
        ...SLICE,
        addressType: 'IPv6',
        endpoints: [{addresses: ['fd00::1'], conditions: {ready: true}}],
        ports,
      },
      {
        ...SLICE,
        addressType: 'IPv4',
        endpoints: [{addresses: ['10.1.0.3'], conditions: {ready: true}}],
        ports: [{name: 'http', protocol: 'TCP', port: 9090}],
      },
    ])
  })

  it('creates nothing without subsets', () => {
    assert.deepEqual(projectEndpoints({metadata: METADATA}), [])
    assert.deepEqual(projectEndpoints({metadata: METADATA, subsets: [{}]}), [])
  })
})
