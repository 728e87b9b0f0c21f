/** Snapshots of clusters of any size: Services with Pod upstreams and some endpoints each, on ten nodes. */
import {readFileSync} from 'node:fs'
import {DEFAULT_INTENT_OPTIONS} from '../src/core/intent/options.js'
import {DEFAULT_MODEL_OPTIONS} from '../src/core/model/options.js'
import type {EndpointSlice, Node, Service} from '../src/core/cluster/objects.js'
import {COMPLETE, type ClusterSnapshot} from '../src/core/cluster/snapshot.js'
import {OLDEST_SUPPORTED} from '../src/dataplane/nginx-capabilities.js'
import type {TestOptions} from '../test/support/translate.js'

const NODES = 10
const FIRST_PORT = 20_000

export function aCluster(services: number, endpoints: number): ClusterSnapshot {
  const indexes = Array.from({length: services}, (_, index) => index)
  return {
    services: indexes.map(aService),
    endpointSlices: indexes.map((index) => aSlice(index, endpoints, 0)),
    endpoints: [],
    nodes: Array.from({length: NODES}, (_, index) => aNode(index)),
    coverage: COMPLETE,
  }
}

/** The cluster after a change of the endpoints of the Service at `index`; each `round` gives different endpoints. */
export function withChangedEndpoints(
  cluster: ClusterSnapshot,
  index: number,
  round: number,
): ClusterSnapshot {
  const count = cluster.endpointSlices[index]?.endpoints.length ?? 0
  return {...cluster, endpointSlices: cluster.endpointSlices.with(index, aSlice(index, count, round))}
}

function aService(index: number): Service {
  return {
    ref: {kind: 'Service', namespace: `team-${index % 20}`, name: `service-${index}`},
    creationTimestamp: '2026-01-01T00:00:00Z',
    annotations: {
      'kubernetes.io/loadbalancer-class': 'loadbalancer-lbex',
      'loadbalancer-port.lbex/http': String(FIRST_PORT + index),
      'loadbalancer.lbex/upstream-type': 'pod',
    },
    type: 'ClusterIP',
    ports: [{name: 'http', protocol: 'TCP', port: 80, targetPort: 8080}],
    clusterIPs: [`10.96.${index >> 8}.${index & 255}`],
    ipFamilies: ['IPv4'],
    hasSelector: true,
  }
}

function aSlice(index: number, endpoints: number, round: number): EndpointSlice {
  const {namespace, name} = aService(index).ref
  return {
    ref: {kind: 'EndpointSlice', namespace, name: `${name}-a`},
    serviceName: name,
    addressType: 'IPv4',
    ports: [{name: 'http', protocol: 'TCP', port: 8080}],
    endpoints: Array.from({length: endpoints}, (_, number) => ({
      addresses: [`127.${1 + (index >> 8)}.${index & 255}.${1 + ((number + round) % 250)}`],
      conditions: {ready: true},
      nodeName: `node-${number % NODES}`,
    })),
  }
}

function aNode(index: number): Node {
  return {
    ref: {kind: 'Node', name: `node-${index}`},
    labels: {},
    addresses: [{type: 'InternalIP', address: `10.0.0.${index + 1}`}],
    taints: [],
    ready: 'True',
  }
}

const template = (name: string): string =>
  readFileSync(new URL(`../templates/${name}.conf.liquid`, import.meta.url), 'utf8')

/** The options of an lbex that listens on loopback. */
export function options(overrides: Partial<TestOptions> = {}): TestOptions {
  return {
    ...DEFAULT_INTENT_OPTIONS,
    ...DEFAULT_MODEL_OPTIONS,
    listenAddresses: {IPv4: ['127.0.0.1'], IPv6: []},
    allowLocalEndpoints: true,
    nginx: OLDEST_SUPPORTED,
    templates: {main: template('nginx'), service: template('service')},
    directory: '/var/lib/lbex/nginx',
    workers: 2,
    openFiles: 65_536,
    workersStayRoot: false,
    shutdownTimeout: 43_200,
    ...overrides,
  }
}
