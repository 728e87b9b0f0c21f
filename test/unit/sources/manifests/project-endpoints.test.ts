import assert from 'node:assert/strict'
import {projectEndpoints} from '../../../../src/sources/manifests/project-endpoints.js'
import {fieldOf} from './support.js'

describe('projectEndpoints', () => {
  it('makes a slice of each family in each subset', () => {
    const {field, found} = fieldOf(`
      metadata: {name: a}
      subsets:
        - addresses:
            - {ip: 10.0.0.1, nodeName: node-1, targetRef: {kind: Pod, name: pod-1}}
            - {ip: "fd00::1"}
          notReadyAddresses: [{ip: 10.0.0.2}]
          ports: [{name: http, port: 8080, protocol: TCP}]
        - addresses: [{ip: 10.0.0.3}]
          ports: [{port: 53, protocol: UDP}]
        - ports: [{port: 1}]`)
    const http = [{name: 'http', port: 8080, protocol: 'TCP'}]
    assert.deepEqual(projectEndpoints(field), [
      {
        addressType: 'IPv4',
        ports: http,
        endpoints: [
          {addresses: ['10.0.0.1'], conditions: {ready: true}, nodeName: 'node-1', targetName: 'pod-1'},
          {addresses: ['10.0.0.2'], conditions: {ready: false}},
        ],
      },
      {addressType: 'IPv6', ports: http, endpoints: [{addresses: ['fd00::1'], conditions: {ready: true}}]},
      {
        addressType: 'IPv4',
        ports: [{name: '', port: 53, protocol: 'UDP'}],
        endpoints: [{addresses: ['10.0.0.3'], conditions: {ready: true}}],
      },
    ])
    assert.deepEqual(found(), [])
  })

  it('reads an object without subsets as nothing', () => {
    const {field, found} = fieldOf('{metadata: {name: a}}')
    assert.deepEqual([projectEndpoints(field), found()], [[], []])
  })

  it('reports what is missing or wrong, and reads the rest', () => {
    const {field, found} = fieldOf('{metadata: {name: a}, subsets: [x, {addresses: [{}, {ip: nonsense}]}]}')
    assert.deepEqual(projectEndpoints(field), [
      {
        addressType: 'IPv4',
        ports: [],
        endpoints: [
          {addresses: [], conditions: {ready: true}},
          {addresses: ['nonsense'], conditions: {ready: true}},
        ],
      },
    ])
    assert.deepEqual(found(), [
      'wrong-type subsets[0]: must be a mapping, but this is the string x',
      'missing-field subsets[1].addresses[0].ip: the required field subsets[1].addresses[0].ip is missing',
    ])
  })
})
