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
      'info affinity-timeout-unused spec.sessionAffinityConfig',
    ])
  })

  it('include a preference for near endpoints, unless the zone of the host is known', () => {
    const near = (trafficDistribution: string, zone?: string) => {
      const service = web.with({trafficDistribution}).build()
      const {diagnostics} = readIntent(service, {...DEFAULT_INTENT_OPTIONS, ...(zone && {zone})})
      return diagnostics.map(({code, message}) => `${code}: ${message}`)
    }
    const unused = 'traffic-distribution-unused: trafficDistribution'
    for (const preference of ['PreferClose', 'PreferSameZone', 'PreferSameNode'])
      assert.deepEqual(near(preference), [
        `${unused} ${preference} is not applied: lbex does not know the zone of its host`,
      ])
    assert.deepEqual([near('PreferClose', 'east'), near('PreferSameZone', 'east')], [[], []])
    assert.deepEqual(near('PreferSameNode', 'east'), [
      `${unused} PreferSameNode prefers the zone east: lbex does not know on which node it runs`,
    ])
  })

  it('include a preference for near endpoints if the servers do not depend on the endpoints', () => {
    const near = web.with({trafficDistribution: 'PreferClose'})
    const messages = (service: Builder, zone?: string) =>
      readIntent(service.build(), {...DEFAULT_INTENT_OPTIONS, ...(zone && {zone})})
        .diagnostics.filter(({code}) => code === 'traffic-distribution-unused')
        .map(({message, hint}) => [message, hint])
    const toClusterIp = [
      'trafficDistribution PreferClose is not applied: lbex connects to the cluster IP, and kube-proxy on the host of lbex selects the endpoint',
      'set loadbalancer.lbex/upstream-type: pod or node',
    ]
    const toAllNodes = [
      'trafficDistribution PreferClose is not applied: with node-set all, every node is a server, and kube-proxy selects the endpoint',
      'remove loadbalancer.lbex/node-set, or set loadbalancer.lbex/upstream-type: pod',
    ]
    for (const zone of [undefined, 'east']) {
      assert.deepEqual(messages(near.annotated({'upstream-type': 'cluster-ip'}), zone), [toClusterIp])
      assert.deepEqual(messages(near.annotated({'node-set': 'all'}), zone), [toAllNodes])
    }
    const local = near.annotated({'node-set': 'all'}).with({externalTrafficPolicy: 'Local'})
    assert.deepEqual(messages(local, 'east'), [])
  })

  it('include internalTrafficPolicy Local if lbex connects to the cluster IP', () => {
    const local = web.with({internalTrafficPolicy: 'Local'})
    const toClusterIp = {'upstream-type': 'cluster-ip'}
    assert.deepEqual(found(local), [])
    assert.deepEqual(found(web.with({internalTrafficPolicy: 'Cluster'}).annotated(toClusterIp)), [])
    assert.deepEqual(found(local.annotated(toClusterIp)), [
      'warning internal-policy-local spec.internalTrafficPolicy',
    ])
  })

  it('include a health check node port if nodes are the servers', () => {
    const checked = web.with({externalTrafficPolicy: 'Local', healthCheckNodePort: 30_999})
    assert.deepEqual(found(checked), ['info health-check-port-unused spec.healthCheckNodePort'])
    assert.deepEqual(found(checked.annotated({'upstream-type': 'pod'})), [])
  })
})
