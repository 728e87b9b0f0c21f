import assert from 'node:assert/strict'
import {readIntent} from '../../../../src/core/intent/intent.js'
import {DEFAULT_INTENT_OPTIONS} from '../../../../src/core/intent/options.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../../support/builders.js'
import {findings, outcome} from '../../../support/outline.js'

type Builder = ReturnType<typeof aService>

const read = (service: Builder) => readIntent(service.build(), DEFAULT_INTENT_OPTIONS)
const found = (service: Builder) => findings(read(service).diagnostics)
const web = aService()
  .with({type: 'LoadBalancer', loadBalancerClass: 'loadbalancer-lbex'})
  .port('http', 80, {listen: 8080})
describe('source ranges that are not valid', () => {
  it('close every port of the Service, which keeps its listeners', () => {
    const pods = {'upstream-type': 'pod'}
    const ranged = web.with({loadBalancerSourceRanges: ['10.0.0.0/33']})
    const other = web.with({ref: {kind: 'Service', namespace: 'default', name: 'young'}}).annotated(pods)
    const slices = ['web', 'young'].map((name) =>
      aSlice(name).port('http', 8080).endpoints(anEndpoint('10.1.0.1')),
    )
    const parts = [ranged.annotated(pods), other.created('2026-02-01T00:00:00Z'), ...slices]
    assert.deepEqual(outcome(aSnapshot(parts), options()), {
      served: {},
      messages: [
        'source-ranges-invalid: "10.0.0.0/33" is not a valid CIDR range; no port of this Service is exposed',
        'port-conflict: 0.0.0.0:8080/TCP is already allocated to Service default/web (it is older); this port is not exposed',
      ],
    })
  })
})

describe('fields that lbex does not support', () => {
  it('are reported if they are set', () => {
    assert.deepEqual(found(web.with({externalIPs: ['192.0.2.8']})), [
      'warning field-ignored spec.externalIPs',
    ])
  })

  it('include an affinity timeout that is not the default of the API server', () => {
    const affine = web.with({sessionAffinity: 'ClientIP'}).annotated({'upstream-type': 'pod'})
    assert.deepEqual(found(affine.with({affinityTimeout: 10_800})), [])
    assert.deepEqual(found(affine.with({affinityTimeout: 60})), [
      'warning field-ignored spec.sessionAffinityConfig',
    ])
  })
})
