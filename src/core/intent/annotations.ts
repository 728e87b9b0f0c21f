/**
 * All annotations that lbex reads. The code, docs/annotations.md and the JSON schema are all based on this table, so that they
 * cannot contradict each other.
 */
import {LISTEN_ADDRESS, OWN_SOURCE_RANGES} from '../cluster/in-use.js'
import {entry, type AnnotationEntry} from './annotation-entry.js'
import {HEALTH_SETTINGS} from './health-entries.js'
import {SETTINGS} from './setting-entries.js'
import {SHARING} from './sharing-entries.js'
import {TLS_SETTINGS} from './tls-entries.js'

export const CLASS_VALUE = 'loadbalancer-lbex'

export const ANNOTATIONS = {
  class: entry({
    key: 'kubernetes.io/loadbalancer-class',
    kind: 'class',
    values: [CLASS_VALUE],
    form: '`loadbalancer-lbex`',
    required: 'always',
    description:
      'Selects this lbex, for a Service of any type. For `type: LoadBalancer`, use `spec.loadBalancerClass` instead: lbex is then the load balancer of the Service, listens on its ports, and writes its status. `--class` sets another name.',
  }),
  port: entry({
    key: 'loadbalancer-port.lbex/',
    kind: 'port',
    values: [],
    form: 'a port number, 1 to 65535, or a range of up to 1000 port numbers, such as `20000-20100`',
    required: 'unless --require-port=false',
    description:
      'The listen port of the Service port whose name follows the slash. A Service with one port may also use `unnamed`. A port without this annotation is not exposed, or, with `--require-port=false`, is exposed at the number of the Service port. A range needs `loadbalancer.lbex/upstream-type: pod`: its first port leads to the target port of the Service port, the second one to the target port plus 1, and so on.',
  }),
  portAlias: entry({
    key: 'loadbalancer.lbex/port',
    kind: 'port',
    values: [],
    form: 'a port number, 1 to 65535, or a range of port numbers',
    required: 'no',
    description: 'The listen port of a Service with one port.',
    deprecatedFor: 'loadbalancer-port.lbex/PORT-NAME',
  }),
  listenAddress: entry({
    key: LISTEN_ADDRESS,
    kind: 'addresses',
    guards: true,
    values: [],
    form: 'IP addresses, or names from `--listen-address NAME=ADDRESS`, separated by commas',
    required: 'no',
    description:
      'The addresses of the host that this Service listens on; by default all that lbex listens on. Services on different addresses may use the same port. If one of them is not valid, or the host does not have it, no port of the Service is exposed. `spec.loadBalancerIP` of a Service whose load balancer is lbex does the same and is deprecated; the annotation wins over it.',
  }),
  addressPool: entry({
    key: 'loadbalancer.lbex/address-pool',
    kind: 'pool',
    guards: true,
    values: [],
    form: 'the name of a pool from `--address-pool NAME=RANGE`',
    required: 'no',
    example: 'public',
    description:
      'The pool from which this Service gets an address of its own, for a Service of type LoadBalancer whose load balancer is lbex; by default the first pool. lbex must run with `--address-pool`. `loadbalancer.lbex/listen-address` or `spec.loadBalancerIP` states an address of the pool; otherwise the Service gets the lowest free one, and keeps it.',
  }),
  addressSharing: entry({
    key: 'loadbalancer.lbex/address-sharing',
    kind: 'key',
    values: [],
    form: 'letters, digits, `-`, `_` and `.`, with a letter or digit at both ends, at most 63 characters',
    required: 'no',
    example: 'dns',
    description:
      'Services of one namespace with the same key share an address of a pool if their listen ports differ. TCP and UDP ports with the same number differ.',
  }),
  passthrough: entry({
    key: 'loadbalancer.lbex/passthrough',
    kind: 'boolean',
    values: ['true', 'false'],
    form: 'a boolean in one of the forms that Go accepts: 1, t, T, TRUE, true, True, 0, f, F, FALSE, false, False',
    fallback: 'false',
    required: 'no',
    perPort: true,
    description:
      'Preserves the client address: NGINX connects to the backends from it (transparent `proxy_bind`). NGINX needs CAP_NET_RAW, and the replies of the backends must be routed back through this host.',
  }),
  algorithm: entry({
    key: 'loadbalancer.lbex/algorithm',
    kind: 'enum',
    values: ['round_robin', 'least_conn', 'least_time', 'random', 'hash'],
    form: 'one of the values',
    fallback: 'round_robin',
    required: 'no',
    perPort: true,
    hasFlag: true,
    description:
      'How a backend is chosen. `hash` always chooses the same backend for the same client, as long as the set of backends does not change. `least_time` needs NGINX Plus, or open-source NGINX 1.31.0 or newer; otherwise `least_conn` is used. `spec.sessionAffinity: ClientIP` takes precedence.',
  }),
  method: entry({
    key: 'loadbalancer.lbex/method',
    kind: 'enum',
    values: [
      'connect',
      'first_byte',
      'last_byte',
      'connect inflight',
      'first_byte inflight',
      'last_byte inflight',
    ],
    form: 'one of the values',
    fallback: 'connect',
    required: 'no',
    perPort: true,
    description: 'What `least_time` measures.',
  }),
  resolver: entry({
    key: 'loadbalancer.lbex/resolver',
    kind: 'address',
    values: [],
    form: 'an IP address',
    required: 'no',
    perPort: true,
    description: 'The DNS server that NGINX uses for this Service only.',
  }),
  sourceRanges: entry({
    key: OWN_SOURCE_RANGES,
    kind: 'ranges',
    guards: true,
    values: [],
    form: 'CIDR ranges, separated by commas',
    required: 'no',
    description:
      'The clients that may connect, for a Service of any type. `spec.loadBalancerSourceRanges` does the same and wins over it. A range that is not valid closes every port of the Service.',
  }),
  ...SHARING,
  ...TLS_SETTINGS,
  ...SETTINGS,
  ...HEALTH_SETTINGS,
  upstreamType: entry({
    key: 'loadbalancer.lbex/upstream-type',
    kind: 'enum',
    values: ['node', 'pod', 'cluster-ip'],
    form: 'one of the values',
    fallback: 'node',
    required: 'no',
    description:
      'Where traffic goes: to node ports, directly to the Pods, or to the cluster IP. The host of lbex must be able to reach these addresses. `--default-upstream-type` changes the default.',
  }),
  nodeSet: entry({
    key: 'loadbalancer.lbex/node-set',
    kind: 'enum',
    values: ['host', 'all'],
    form: 'one of the values',
    fallback: 'host',
    required: 'no',
    description:
      'With node upstreams: use only nodes that run a ready endpoint (`host`), or every eligible node (`all`).',
  }),
  nodeAddressType: entry({
    key: 'loadbalancer.lbex/node-address-type',
    kind: 'enum',
    values: ['internal', 'external'],
    form: 'one of the values',
    fallback: 'internal',
    required: 'no',
    description: 'With node upstreams: use the InternalIP or the ExternalIP of each node.',
  }),
  servicePool: entry({
    key: 'loadbalancer.lbex/service-pool',
    kind: 'pool',
    values: [],
    form: 'letters, digits, `-`, `_` and `.`, with a letter or digit at both ends, at most 63 characters',
    required: 'no',
    description:
      'The pool of lbex hosts that serves this Service: the hosts that run lbex with the same `--service-pool`.',
  }),
  ignore: entry({
    key: 'check.lbex/ignore',
    kind: 'codes',
    values: [],
    form: 'codes of findings, separated by commas',
    required: 'no',
    description:
      'Findings about this Service that `lbex check` does not report. This does not change how the Service is served.',
  }),
} as const satisfies Record<string, AnnotationEntry>

/** All entries, in the order of the documentation. */
export const ANNOTATION_ENTRIES: readonly AnnotationEntry[] = Object.values(ANNOTATIONS)
