import assert from 'node:assert/strict'
import {projectEndpointSlice} from '../../../../src/sources/manifests/project-endpoint-slice.js'
import {fieldOf} from './support.js'

describe('projectEndpointSlice', () => {
  it('reads every field that lbex uses', () => {
    const {field, found} = fieldOf(`
      metadata: {name: a-1, labels: {kubernetes.io/service-name: a}}
      addressType: IPv4
      endpoints:
        - addresses: [10.0.0.1, 10.0.0.2]
          conditions: {ready: false, serving: true, terminating: true}
          nodeName: node-1
          hints: {forZones: [{name: east}, {name: west}], forNodes: [{name: node-1}]}
          targetRef: {kind: Pod, name: pod-1}
        - addresses: [10.0.0.3]
          hints: {forZones: []}
      ports:
        - {name: http, protocol: TCP, port: 8080}
        - {name: "", protocol: UDP, port: 53}
        - {}`)
    assert.deepEqual(projectEndpointSlice(field), {
      serviceName: 'a',
      addressType: 'IPv4',
      endpoints: [
        {
          addresses: ['10.0.0.1', '10.0.0.2'],
          conditions: {ready: false, serving: true, terminating: true},
          nodeName: 'node-1',
          zoneHints: ['east', 'west'],
          targetName: 'pod-1',
        },
        {addresses: ['10.0.0.3'], conditions: {}},
      ],
      ports: [
        {name: 'http', protocol: 'TCP', port: 8080},
        {name: '', protocol: 'UDP', port: 53},
        {name: '', protocol: 'TCP'},
      ],
    })
    assert.deepEqual(found(), [])
  })

  it('finds the node of v1beta1 in the topology', () => {
    const {field} = fieldOf(`
      metadata: {name: a}
      addressType: IPv6
      endpoints:
        - {addresses: ["fd00::1"], topology: {kubernetes.io/hostname: node-1}}`)
    assert.equal(projectEndpointSlice(field).endpoints[0]?.nodeName, 'node-1')
  })

  it('reads conditions that are null as absent', () => {
    const {field, found} = fieldOf(
      '{metadata: {name: a}, addressType: IPv4, endpoints: [{addresses: [a], conditions: {ready: null}}], ports: null}',
    )
    assert.deepEqual(projectEndpointSlice(field), {
      serviceName: '',
      addressType: 'IPv4',
      endpoints: [{addresses: ['a'], conditions: {}}],
      ports: [],
    })
    assert.deepEqual(found(), [])
  })

  it('reports what is missing or wrong, and reads the rest', () => {
    const {field, found} = fieldOf(`
      metadata: {name: a}
      endpoints: [{}, text, {addresses: [10.0.0.1, 1], conditions: {ready: "yes"}}]
      ports: [{name: http, port: 0}]`)
    assert.deepEqual(projectEndpointSlice(field), {
      serviceName: '',
      addressType: '',
      endpoints: [
        {addresses: [], conditions: {}},
        {addresses: [], conditions: {}},
        {addresses: ['10.0.0.1', '1'], conditions: {}},
      ],
      ports: [{name: 'http', protocol: 'TCP'}],
    })
    assert.deepEqual(found(), [
      'missing-field addressType: the required field addressType is missing',
      'missing-field endpoints[0].addresses: the required field endpoints[0].addresses is missing',
      'wrong-type endpoints[1]: must be a mapping, but this is the string text',
      'wrong-type endpoints[2].addresses[1]: must be a string, but this is the number 1',
      'wrong-type endpoints[2].conditions.ready: must be a boolean, but this is the string "yes"',
      'invalid-field ports[0].port: must be from 1 to 65535, this is 0',
    ])
  })
})
