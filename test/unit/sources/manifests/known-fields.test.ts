import assert from 'node:assert/strict'
import {projectService} from '../../../../src/sources/manifests/project-service.js'
import {fieldOf} from './support.js'
import {projectEndpointSlice} from '../../../../src/sources/manifests/project-endpoint-slice.js'
import {projectEndpoints} from '../../../../src/sources/manifests/project-endpoints.js'
import {projectNode} from '../../../../src/sources/manifests/project-node.js'
import type {Field} from '../../../../src/sources/manifests/fields.js'

function problems(text: string, project: (object: Field) => unknown = projectService): string[] {
  const {field, found} = fieldOf(text)
  project(field)
  return found()
}

describe('fields that Kubernetes does not know', () => {
  it('are found at each level of a Service', () => {
    assert.deepEqual(
      problems(`
        metadata: {name: a, annotation: {}}
        specs: {}
        spec:
          externalTrafficpolicy: Local
          sessionAfinity: ClientIP
          sessionAffinity: ClientIP
          sessionAffinityConfig: {clientIP: {timeOutSeconds: 5}}
          selector: {anything: goes}
          ports: [{port: 80, targetport: 8080}]`).sort(),
      [
        'unknown-field metadata.annotation: unknown field "annotation"',
        'unknown-field spec.externalTrafficpolicy: unknown field "externalTrafficpolicy"',
        'unknown-field spec.ports[0].targetport: unknown field "targetport"',
        'unknown-field spec.sessionAffinityConfig.clientIP.timeOutSeconds: unknown field "timeOutSeconds"',
        'unknown-field spec.sessionAfinity: unknown field "sessionAfinity"',
        'unknown-field specs: unknown field "specs"',
      ],
    )
  })

  it('are found in an EndpointSlice', () => {
    const text = `
      metadata: {name: a}
      addresstype: IPv4
      addressType: IPv4
      endpoints:
        - addresses: [10.0.0.1]
          condition: {ready: false}
          conditions: {Ready: false}
          hints: {forZones: [{name: a, names: b}]}
          targetRef: {kind: Pod, name: web-1, names: x}
          zone: a
      ports: [{name: http, port: 80, appProtocol: http, nodePort: 1}]`
    assert.deepEqual(problems(text, projectEndpointSlice).sort(), [
      'unknown-field addresstype: unknown field "addresstype"',
      'unknown-field endpoints[0].condition: unknown field "condition"',
      'unknown-field endpoints[0].conditions.Ready: unknown field "Ready"',
      'unknown-field endpoints[0].hints.forZones[0].names: unknown field "names"',
      'unknown-field endpoints[0].targetRef.names: unknown field "names"',
      'unknown-field ports[0].nodePort: unknown field "nodePort"',
    ])
  })

  it('are found in Endpoints', () => {
    const text = `
      metadata: {name: a}
      subsets: [{addresses: [{ip: 10.0.0.1, node: b}], notreadyAddresses: [], ports: [{port: 80}]}]`
    assert.deepEqual(problems(text, projectEndpoints).sort(), [
      'unknown-field subsets[0].addresses[0].node: unknown field "node"',
      'unknown-field subsets[0].notreadyAddresses: unknown field "notreadyAddresses"',
    ])
  })

  it('are found in a Node', () => {
    const text = `
      metadata: {name: a, label: {a: b}}
      spec: {taints: [{key: a, effects: NoSchedule}], unschedulable: true, unschedulabel: true}
      status:
        addresses: [{type: InternalIP, address: 10.0.0.1, port: 1}]
        conditions: [{type: Ready, status: "True", lastHeartbeatTime: null, state: x}]
        capacity: {cpu: 1}`
    assert.deepEqual(problems(text, projectNode).sort(), [
      'unknown-field metadata.label: unknown field "label"',
      'unknown-field spec.taints[0].effects: unknown field "effects"',
      'unknown-field spec.unschedulabel: unknown field "unschedulabel"',
      'unknown-field status.addresses[0].port: unknown field "port"',
      'unknown-field status.conditions[0].state: unknown field "state"',
    ])
  })

  it('do not include fields that lbex does not use', () => {
    const spec = `{type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 30001,
      ipFamilyPolicy: PreferDualStack, ports: [{port: 80}]}`
    assert.deepEqual(problems(`{metadata: {name: a}, spec: ${spec}}`), [])
  })

  it('are not reported in an object that an API server has accepted', () => {
    const metadata = 'metadata: {name: a, uid: u, creationTimestamp: 2030-01-31T12:00:00Z}'
    assert.deepEqual(problems(`${metadata}\nspec: {newField: 1, ports: [{port: 80}]}`), [])
  })
})
