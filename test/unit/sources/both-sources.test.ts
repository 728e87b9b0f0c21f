/** An object of a cluster and the same object in a manifest give the same values: `lbex check` sees what `lbex run` sees. */
import assert from 'node:assert/strict'
import {
  ENDPOINT_FIELDS,
  NODE_SPEC_FIELDS,
  SERVICE_SPEC_FIELDS,
  type FieldSupport,
} from '../../../src/core/cluster/supported-fields.js'
import type {KubeObject} from '../../../src/kube/answers.js'
import {
  ENDPOINT_SLICES,
  ENDPOINTS,
  NODES,
  SERVICES,
  type ApiKind,
} from '../../../src/sources/cluster/kinds.js'
import {readText} from './manifests/support.js'

const ACCEPTED = {uid: '8f5ab8a9', resourceVersion: '7', creationTimestamp: '2030-01-31T12:00:00Z'}
const WEB = {...ACCEPTED, name: 'web', namespace: 'shop'}

const SERVICE_SPEC = {
  type: 'LoadBalancer',
  clusterIP: '10.0.0.1',
  clusterIPs: ['10.0.0.1', 'fd00::1'],
  ipFamilies: ['IPv4', 'IPv6'],
  selector: {app: 'web'},
  sessionAffinity: 'ClientIP',
  sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}},
  externalTrafficPolicy: 'Local',
  internalTrafficPolicy: 'Local',
  healthCheckNodePort: 30_999,
  trafficDistribution: 'PreferClose',
  allocateLoadBalancerNodePorts: false,
  publishNotReadyAddresses: true,
  loadBalancerClass: 'loadbalancer-lbex',
  loadBalancerSourceRanges: ['10.0.0.0/8'],
  loadBalancerIP: '192.0.2.7',
  externalIPs: ['192.0.2.8'],
  ports: [
    {name: 'http', protocol: 'TCP', port: 80, targetPort: 'web', nodePort: 30_080},
    {name: 'dns', protocol: 'UDP', port: 53, targetPort: 5353},
    {name: 'plain', port: 81, targetPort: 0, nodePort: 0},
  ],
}

const ENDPOINT = {
  addresses: ['10.1.0.1'],
  conditions: {ready: false, serving: true, terminating: true},
  nodeName: 'node-a',
  targetRef: {kind: 'Pod', name: 'web-1'},
  hints: {forZones: [{name: 'zone-a'}]},
}
const PORTS = [{name: 'http', protocol: 'TCP', port: 8080}, {port: 8081}]

const NODE_SPEC = {taints: [{key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule'}]}

const sliceOf = (endpoints: readonly object[]): ApiObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {...WEB, labels: {'kubernetes.io/service-name': 'web'}},
  addressType: 'IPv4',
  endpoints,
  ports: PORTS,
})

type Unread = Readonly<Record<string, unknown>>
type ApiObject = Unread & {readonly metadata: Unread & KubeObject['metadata']}

type Case = {readonly object: ApiObject; readonly kind: ApiKind<unknown>}

const CASES: Readonly<Record<string, Case>> = {
  'a Service with every field that counts': {
    kind: SERVICES,
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        ...WEB,
        deletionTimestamp: '2030-01-31T13:00:00Z',
        annotations: {'loadbalancer.lbex/algorithm': 'least_conn'},
      },
      spec: SERVICE_SPEC,
    },
  },
  'a Service with the defaults': {
    kind: SERVICES,
    object: {apiVersion: 'v1', kind: 'Service', metadata: WEB, spec: {ports: [{port: 80}]}},
  },
  'an EndpointSlice': {kind: ENDPOINT_SLICES, object: sliceOf([ENDPOINT, {addresses: ['10.1.0.2']}])},
  'Endpoints of two families': {
    kind: ENDPOINTS,
    object: {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: WEB,
      subsets: [
        {
          addresses: [{ip: '10.1.0.1', nodeName: 'node-a', targetRef: {name: 'web-1'}}, {ip: 'fd00::2'}],
          notReadyAddresses: [{ip: '10.1.0.3'}],
          ports: PORTS,
        },
      ],
    },
  },
  'a Node': {
    kind: NODES,
    object: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        ...ACCEPTED,
        name: 'node-a',
        labels: {'node.kubernetes.io/exclude-from-external-load-balancers': ''},
      },
      spec: NODE_SPEC,
      status: {
        addresses: [{type: 'InternalIP', address: '10.0.0.1'}],
        conditions: [
          {type: 'MemoryPressure', status: 'False'},
          {type: 'Ready', status: 'True'},
        ],
      },
    },
  },
}

describe('a cluster and a manifest', () => {
  for (const [what, {object, kind}] of Object.entries(CASES)) {
    it(`give the same values for ${what}`, async () => {
      const {snapshot, diagnostics} = await readText(JSON.stringify(object))
      const {services, endpointSlices, endpoints, nodes} = snapshot
      const read = [...services, ...endpointSlices, ...endpoints, ...nodes]
      assert.deepEqual(diagnostics, [])
      assert.deepEqual(
        read.map(({origin: _, ...values}) => values),
        kind.project(object),
      )
    })
  }

  it('are compared with every field that counts', () => {
    const counts = (fields: Readonly<Record<string, FieldSupport>>) =>
      Object.keys(fields).filter((name) => fields[name]?.support !== 'irrelevant')
    assert.deepEqual(Object.keys(SERVICE_SPEC).sort(), counts(SERVICE_SPEC_FIELDS).sort())
    assert.deepEqual(Object.keys(ENDPOINT).sort(), counts(ENDPOINT_FIELDS).sort())
    assert.deepEqual(Object.keys(NODE_SPEC).sort(), counts(NODE_SPEC_FIELDS).sort())
  })
})
