import assert from 'node:assert/strict'
import {SERVICES} from '../../../../src/sources/cluster/kinds.js'
import {projectService} from '../../../../src/sources/cluster/project-service.js'

const METADATA = {name: 'web', namespace: 'shop', resourceVersion: '7', uid: 'u'}

describe('sources/cluster/project-service', () => {
  it('keeps the fields that lbex uses', () => {
    const object = {
      metadata: {
        ...METADATA,
        creationTimestamp: '2030-01-31T12:00:00Z',
        deletionTimestamp: '2030-01-31T13:00:00Z',
        labels: {app: 'web'},
        annotations: {
          'loadbalancer.lbex/algorithm': 'least_conn',
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
        },
      },
      spec: {
        type: 'LoadBalancer',
        clusterIP: '10.0.0.1',
        clusterIPs: ['10.0.0.1', 'fd00::1'],
        ipFamilies: ['IPv4', 'IPv6'],
        selector: {app: 'web'},
        sessionAffinity: 'ClientIP',
        externalTrafficPolicy: 'Local',
        internalTrafficPolicy: 'Local',
        trafficDistribution: 'PreferClose',
        healthCheckNodePort: 30_999,
        publishNotReadyAddresses: true,
        allocateLoadBalancerNodePorts: false,
        loadBalancerClass: 'loadbalancer-lbex',
        loadBalancerSourceRanges: ['10.0.0.0/8'],
        loadBalancerIP: '192.0.2.7',
        externalIPs: ['192.0.2.8'],
        sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}},
        ports: [{name: 'http', protocol: 'TCP', port: 80, targetPort: 'web', nodePort: 30_080}],
      },
    }
    assert.deepEqual(SERVICES.project(object), [
      {
        ref: {kind: 'Service', namespace: 'shop', name: 'web'},
        uid: 'u',
        creationTimestamp: '2030-01-31T12:00:00Z',
        deletionTimestamp: '2030-01-31T13:00:00Z',
        labels: {app: 'web'},
        annotations: {'loadbalancer.lbex/algorithm': 'least_conn'},
        loadBalancerSourceRanges: ['10.0.0.0/8'],
        loadBalancerIP: '192.0.2.7',
        externalIPs: ['192.0.2.8'],
        affinityTimeout: 60,
        type: 'LoadBalancer',
        ports: [{name: 'http', protocol: 'TCP', port: 80, targetPort: 'web', nodePort: 30_080}],
        clusterIPs: ['10.0.0.1', 'fd00::1'],
        ipFamilies: ['IPv4', 'IPv6'],
        hasSelector: true,
        sessionAffinity: 'ClientIP',
        externalTrafficPolicy: 'Local',
        internalTrafficPolicy: 'Local',
        trafficDistribution: 'PreferClose',
        healthCheckNodePort: 30_999,
        publishNotReadyAddresses: true,
        allocateLoadBalancerNodePorts: false,
        loadBalancerClass: 'loadbalancer-lbex',
      },
    ])
  })

  it('accepts a minimal object', () => {
    const unset = {healthCheckNodePort: 0, publishNotReadyAddresses: false}
    const headless = {...unset, clusterIP: 'None', ports: [{port: 80, targetPort: 0, nodePort: 0}]}
    assert.deepEqual(projectService({metadata: METADATA, spec: headless}), {
      ref: {kind: 'Service', namespace: 'shop', name: 'web'},
      uid: 'u',
      annotations: {},
      type: 'ClusterIP',
      ports: [{name: '', protocol: 'TCP', port: 80}],
      clusterIPs: ['None'],
      ipFamilies: [],
      hasSelector: false,
    })
    assert.deepEqual(projectService({metadata: METADATA, spec: {type: 'ExternalName'}}).ports, [])
  })
})
