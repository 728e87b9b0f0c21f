/** Examples of problems with nodes, endpoints and the cluster IP, and with NGINX. */
import {documents, node, ours, slice} from './example.js'

const CLUSTER_IP = ['type: ClusterIP', 'ports:', '  - name: http', '    port: 80']
const NODE_PORT = ['type: NodePort', 'ports:', '  - name: http', '    port: 80', '    nodePort: 30080']
const PODS = 'loadbalancer.lbex/upstream-type: pod'
const TO_CLUSTER_IP = 'loadbalancer.lbex/upstream-type: cluster-ip'
const EXTERNAL = 'loadbalancer.lbex/node-address-type: external'

const READY = 'ready: true'
const INTERNAL = (address: string): string => `{type: InternalIP, address: ${address}}`
const A = node('a', INTERNAL('10.0.0.1'), 'True')
const B = node('b', INTERNAL('10.0.0.2'), 'True')
const LINK_LOCAL = node('b', INTERNAL('169.254.7.1'), 'True')
const ON_A = slice('10.1.0.1', READY, 'a')

export const CLUSTER_EXAMPLES = {
  'node-port-missing': {bad: ours([], CLUSTER_IP), good: ours([PODS], CLUSTER_IP)},
  'cluster-ip-missing': {
    bad: ours([TO_CLUSTER_IP], ['clusterIP: 10.96.0.10', 'ipFamilies: [IPv4, IPv6]', ...CLUSTER_IP]),
    good: ours([TO_CLUSTER_IP], ['clusterIP: 10.96.0.10', ...CLUSTER_IP]),
  },
  'no-backend': {
    bad: documents(ours([PODS], CLUSTER_IP), slice('10.1.0.1', 'ready: false, serving: false')),
    good: documents(ours([PODS], CLUSTER_IP), slice('10.1.0.1', READY)),
  },
  'node-address-missing': {
    bad: documents(
      ours([EXTERNAL, 'loadbalancer.lbex/node-set: all'], NODE_PORT),
      A,
      node('b', '{type: ExternalIP, address: 203.0.113.2}', 'True'),
    ),
    good: documents(ours(['loadbalancer.lbex/node-set: all'], NODE_PORT), A),
  },
  'endpoint-without-node': {
    bad: documents(
      ours([], NODE_PORT),
      A,
      ON_A.replace('nodeName: a}]', 'nodeName: a}, {addresses: [10.1.0.2], conditions: {ready: true}}]'),
    ),
    good: documents(ours([], NODE_PORT), A, ON_A),
  },
  'node-unknown': {
    bad: documents(
      ours([], NODE_PORT),
      A,
      ON_A.replace(
        'nodeName: a}]',
        'nodeName: a}, {addresses: [10.1.0.2], conditions: {ready: true}, nodeName: aa}]',
      ),
    ),
    good: documents(ours([], NODE_PORT), A, ON_A),
  },
  'address-invalid': {
    bad: documents(
      ours([PODS], CLUSTER_IP),
      ON_A.replace(
        'nodeName: a}]',
        'nodeName: a}, {addresses: [web.example.com], conditions: {ready: true}}]',
      ),
    ),
    good: documents(ours([PODS], CLUSTER_IP), ON_A),
  },
  'address-refused': {
    bad: documents(ours(['loadbalancer.lbex/node-set: all'], NODE_PORT), A, LINK_LOCAL),
    good: documents(ours(['loadbalancer.lbex/node-set: all'], NODE_PORT), A, B),
  },
  'address-type-unsupported': {
    bad: documents(
      ours([PODS], CLUSTER_IP),
      ON_A,
      slice('web.example.com', READY).replace('name: web-1', 'name: web-2').replace('IPv4', 'FQDN'),
    ),
    good: documents(ours([PODS], CLUSTER_IP), ON_A),
  },
  'slice-unlabelled': {
    bad: documents(
      ours([PODS], CLUSTER_IP),
      ON_A.replace('  labels: {kubernetes.io/service-name: web}\n', ''),
    ),
    good: documents(ours([PODS], CLUSTER_IP), ON_A),
  },
  'endpoint-is-listener': {
    bad: documents(ours([PODS], CLUSTER_IP), slice('192.0.2.10', READY).replace('port: 80', 'port: 8080')),
    good: documents(ours([PODS], CLUSTER_IP), slice('10.1.0.1', READY)),
    flags: ['--listen-address', '192.0.2.10'],
  },
  'server-unhealthy': {
    never: 'only lbex run probes servers',
    remedy: 'find out why the server does not answer, or correct the health check of the Service',
  },
  'servers-all-unhealthy': {
    never: 'only lbex run probes servers',
    remedy: 'correct the health check of the Service, or let the host of lbex reach the checked port',
  },
  'health-check-slow': {
    never: 'only lbex run probes servers',
    remedy: 'set a longer health-check-interval, or check fewer servers',
  },
  'node-address-chosen': {
    bad: documents(
      ours(['loadbalancer.lbex/node-set: all'], NODE_PORT),
      node('a', `${INTERNAL('10.0.0.1')}, ${INTERNAL('10.8.0.1')}`, 'True'),
    ),
    good: documents(ours(['loadbalancer.lbex/node-set: all'], NODE_PORT), A),
  },
  'nodes-lost': {
    bad: documents(ours([], NODE_PORT), node('a', INTERNAL('10.0.0.1'), 'Unknown'), ON_A),
    good: documents(ours([], NODE_PORT), A, ON_A),
  },
  'nodes-forbidden': {
    never: 'only an API server can deny access to Nodes',
    remedy: 'allow list and watch of nodes in a ClusterRole, or use upstream-type pod or cluster-ip',
  },
  'value-refused': {
    never: 'lbex rejects such values earlier',
    remedy: 'report a bug with the manifest of the Service; until it is fixed, use a different value',
  },
  'nginx-refused': {
    never: 'only a running NGINX can reject a Service',
    remedy:
      'read the error of NGINX and change the Service; report a bug with the file that lbex render --snapshot-out writes',
  },
  'nginx-exhausted': {
    never: 'only a running NGINX can run out of memory or time',
    remedy:
      'compare the memory limit of NGINX with the number of ports and endpoints of the Service; split the Service or lower the limits',
  },
} as const
