/**
 * The one table of the annotations that lbex reads. The code, docs/annotations.md and every tool that judges a Service read
 * this table, so that an annotation cannot mean one thing here and another there.
 */
import {OWN_SOURCE_RANGES} from '../cluster/in-use.js'

export type AnnotationKind = 'class' | 'port' | 'enum' | 'boolean' | 'address' | 'ranges' | 'pool' | 'codes'

export type AnnotationEntry = {
  /** The whole key; one that ends in `/` takes the name of a Service port behind it. */
  readonly key: string
  readonly kind: AnnotationKind
  /** The values it may have; for kinds without a fixed set, empty. */
  readonly values: readonly string[]
  /** What the value is, in words. */
  readonly form: string
  /** What applies where the annotation is absent, or holds no valid value. */
  readonly fallback?: string
  readonly required: 'always' | 'unless --require-port=false' | 'no'
  readonly description: string
  /** The key to use in its place. */
  readonly deprecatedFor?: string
}

function entry<const E extends AnnotationEntry>(definition: E): E {
  return definition
}

export const CLASS_VALUE = 'loadbalancer-lbex'

export const ANNOTATIONS = {
  class: entry({
    key: 'kubernetes.io/loadbalancer-class',
    kind: 'class',
    values: [CLASS_VALUE],
    form: '`loadbalancer-lbex`',
    required: 'always',
    description:
      'Asks lbex to serve this Service. `spec.loadBalancerClass: loadbalancer-lbex` does the same.',
  }),
  port: entry({
    key: 'loadbalancer-port.lbex/',
    kind: 'port',
    values: [],
    form: 'a port number, 1 to 65535',
    required: 'unless --require-port=false',
    description:
      'The listen port of the Service port whose name follows the slash. A Service with one port may also write `unnamed`. A port without it is not exposed, or, with `--require-port=false`, at its Service port.',
  }),
  portAlias: entry({
    key: 'loadbalancer.lbex/port',
    kind: 'port',
    values: [],
    form: 'a port number, 1 to 65535',
    required: 'no',
    description: 'The listen port of a Service with one port.',
    deprecatedFor: 'loadbalancer-port.lbex/PORT-NAME',
  }),
  passthrough: entry({
    key: 'loadbalancer.lbex/passthrough',
    kind: 'boolean',
    values: ['true', 'false'],
    form: 'a boolean, as Go reads it: 1, t, T, TRUE, true, True, 0, f, F, FALSE, false, False',
    fallback: 'false',
    required: 'no',
    description:
      "Keeps the client's address: connections to the backends come from it (transparent `proxy_bind`). NGINX needs CAP_NET_RAW, and the backends' answers must be routed back through this host.",
  }),
  algorithm: entry({
    key: 'loadbalancer.lbex/algorithm',
    kind: 'enum',
    values: ['round_robin', 'least_conn', 'least_time'],
    form: 'one of the values',
    fallback: 'round_robin',
    required: 'no',
    description:
      'How a backend is chosen. `least_time` needs NGINX Plus, or open-source NGINX 1.31.0 or newer; elsewhere `least_conn` is used. `spec.sessionAffinity: ClientIP` wins over it.',
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
    description: 'What `least_time` measures.',
  }),
  resolver: entry({
    key: 'loadbalancer.lbex/resolver',
    kind: 'address',
    values: [],
    form: 'an IP address',
    required: 'no',
    description: 'The DNS server that NGINX uses for this Service alone.',
  }),
  sourceRanges: entry({
    key: OWN_SOURCE_RANGES,
    kind: 'ranges',
    values: [],
    form: 'CIDR ranges, separated by commas',
    required: 'no',
    description:
      'The clients that may connect, for a Service of any type. `spec.loadBalancerSourceRanges` does the same and wins over it. A range that is not valid closes every port of the Service.',
  }),
  upstreamType: entry({
    key: 'loadbalancer.lbex/upstream-type',
    kind: 'enum',
    values: ['node', 'pod', 'cluster-ip'],
    form: 'one of the values',
    fallback: 'node',
    required: 'no',
    description:
      'Where traffic goes: to node ports, to the Pods themselves, or to the cluster IP. lbex must be able to reach what is chosen.',
  }),
  nodeSet: entry({
    key: 'loadbalancer.lbex/node-set',
    kind: 'enum',
    values: ['host', 'all'],
    form: 'one of the values',
    fallback: 'host',
    required: 'no',
    description:
      'With node upstreams: only nodes that run a ready endpoint (`host`), or every eligible node (`all`).',
  }),
  nodeAddressType: entry({
    key: 'loadbalancer.lbex/node-address-type',
    kind: 'enum',
    values: ['internal', 'external'],
    form: 'one of the values',
    fallback: 'internal',
    required: 'no',
    description: "With node upstreams: the nodes' InternalIP or ExternalIP.",
  }),
  servicePool: entry({
    key: 'loadbalancer.lbex/service-pool',
    kind: 'pool',
    values: [],
    form: 'letters and digits at both ends, `-`, `_` and `.` between, at most 63 characters',
    required: 'no',
    description: 'The pool of lbex hosts that serves this Service: those run with the same `--service-pool`.',
  }),
  ignore: entry({
    key: 'check.lbex/ignore',
    kind: 'codes',
    values: [],
    form: 'codes of findings, separated by commas',
    required: 'no',
    description:
      'Findings about this Service that `lbex check` does not report. It changes nothing about how the Service is served.',
  }),
} as const satisfies Record<string, AnnotationEntry>

/** Every entry, in the order of the documentation. */
export const ANNOTATION_ENTRIES: readonly AnnotationEntry[] = Object.values(ANNOTATIONS)
