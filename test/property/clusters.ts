/** Realistic clusters, small and crowded so that Services conflict, with some mistakes. */
import fc, {type Arbitrary} from 'fast-check'
import type {EndpointSlice, IpFamily, Node, Secret, Service} from '../../src/core/cluster/objects.js'
import type {StatusAddresses} from '../../src/core/cluster/written-state.js'
import {COMPLETE, type ClusterSnapshot} from '../../src/core/cluster/snapshot.js'
import {without, type TestOptions} from '../support/translate.js'
import {UNKNOWN_HOST_STATE, type HostState} from '../../src/core/model/host-state.js'
import {parseRange} from '../../src/core/cluster/address-range.js'
import {readHealthCheck} from '../../src/core/intent/read-health-check.js'
import {readKeyPair} from '../../src/core/cluster/credentials.js'
import {probeTarget} from '../../src/core/model/probe-target.js'
import {secretFileStem} from '../../src/core/model/tls-files.js'
import {aService, options} from '../support/builders.js'
import {aSecret, certificateText, credentialOf} from '../support/certificates.js'
import {poolsOf} from '../support/address-pools.js'
import {ALLOCATE_ALL, type AllocationState} from '../../src/core/addresses/allocation-state.js'
import {sharing} from './sharing.js'

const NODES = ['n1', 'n2', 'n3']
const PORT_NAMES = ['http', 'https', 'dns']

const often = <T>(usual: readonly T[], unusual: readonly T[] = []) =>
  fc.oneof(
    {weight: 12, arbitrary: fc.constantFrom(...usual)},
    {weight: unusual.length > 0 ? 1 : 0, arbitrary: fc.constantFrom(...usual, ...unusual)},
  )
const seldom = <T>(...values: T[]) => often<T | undefined>([undefined], values)
const maybe = <T>(...values: T[]) => fc.constantFrom(undefined, ...values)

/** Plain objects without undefined fields, like those of the sources. */
function record<T>(model: {[K in keyof T]: Arbitrary<T[K] | undefined>}): Arbitrary<T> {
  return fc
    .record(model as Record<string, Arbitrary<unknown>>)
    .map((made) => Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)) as T)
}

type Annotations = Record<string, string>

const keysByPort: Arbitrary<Annotations> = record<Annotations>({
  'kubernetes.io/loadbalancer-class': often(['loadbalancer-lbex'], ['nginx', 'lbex']),
  'loadbalancer.lbex/upstream-type': maybe('node', 'pod', 'pod', 'cluster-ip'),
  'loadbalancer.lbex/node-set': seldom('host', 'all', 'none'),
  'loadbalancer.lbex/node-address-type': seldom('internal', 'external'),
  'loadbalancer.lbex/algorithm': maybe(
    'round_robin',
    'least_conn',
    'least_time',
    'random',
    'hash',
    'ip_hash',
  ),
  'loadbalancer.lbex/method': seldom('connect', 'last_byte inflight'),
  'loadbalancer.lbex/resolver': seldom('10.0.0.10', 'fd00::53', 'dns.example'),
  'loadbalancer.lbex/passthrough': seldom('true', 'F', 'yes'),
  'loadbalancer.lbex/service-pool': seldom('', 'ours', 'theirs', '-'),
  'loadbalancer.lbex/algoritm': seldom('x'),
  'loadbalancer.lbex/proxy-protocol': seldom('v1', 'v2', 'v3'),
  'loadbalancer.lbex/accept-proxy-protocol': seldom('10.0.0.0/8', '10.0.0.0/8,fd00::/8', 'off', 'x'),
  'loadbalancer.lbex/accept-proxy-protocol.http': seldom('192.0.2.0/24'),
  'loadbalancer.lbex/connect-timeout': seldom('500ms', '1h', 'x'),
  'loadbalancer.lbex/idle-timeout': seldom('1m30s', '0'),
  'loadbalancer.lbex/max-fails': seldom('0', '3', '-1'),
  'loadbalancer.lbex/fail-timeout': seldom('30s', '500ms'),
  'loadbalancer.lbex/max-connections': seldom('10', 'off', '0'),
  'loadbalancer.lbex/drain-timeout': seldom('5m', '0', '300'),
  'loadbalancer.lbex/connections': seldom('100', 'x'),
  'loadbalancer.lbex/connections-per-client': seldom('10', '200'),
  'loadbalancer.lbex/upload-rate': seldom('10m', '1'),
  'loadbalancer.lbex/download-rate.http': seldom('512k'),
  'loadbalancer.lbex/hash-key': seldom('client-ip-port', 'url'),
  'loadbalancer.lbex/udp-requests': seldom('1', '0'),
  'loadbalancer.lbex/udp-responses.dns': seldom('0', 'x'),
  'loadbalancer.lbex/tries.http': seldom('1', '0'),
  'loadbalancer.lbex/health-check': maybe('tcp', 'http', 'udp', 'tls'),
  'loadbalancer.lbex/health-check-expect': seldom('2xx', 'PONG\\r\\n', '\\q'),
  'loadbalancer.lbex/health-check-path': seldom('/healthz', 'healthz'),
  'loadbalancer.lbex/health-check-interval.http': seldom('1s', '0'),
  'loadbalancer.lbex/algorithm.http': seldom('least_conn', 'x'),
  'loadbalancer.lbex/resolver.unnamed': seldom('10.0.0.11'),
  'loadbalancer.lbex/port': seldom('8080'),
  'loadbalancer.lbex/listen-address': seldom(
    ...[
      '10.0.0.1',
      'public',
      ' [FD00::1],public',
      '10.0.0.2,10.0.0.2',
      '0.0.0.0',
      'inside',
      '10.0.0.1/8',
      '',
    ],
  ),
  'loadbalancer.lbex/address-pool': seldom('inside', 'default', 'outside'),
  'loadbalancer.lbex/address-sharing': maybe('x', 'x', 'y', 'a b'),
  'loadbalancer.lbex/hosts': often(
    [undefined, undefined, undefined, undefined, 'a.example', 'b.example, *.example'],
    ['*', 'x.b.example, A.example.', ''],
  ),
  'loadbalancer.lbex/hosts.http': seldom('c.example'),
  'loadbalancer.lbex/tls-secret': often(
    [undefined, undefined, undefined, undefined, 'certificate'],
    ['broken', 'A_B'],
  ),
  'loadbalancer.lbex/tls-secret.http': seldom('certificate', 'missing'),
  'loadbalancer.lbex/tls-min-version': seldom('1.3', '1.1'),
  'loadbalancer.lbex/tls-client-ca-secret': seldom('authorities', 'certificate'),
  'loadbalancer.lbex/tls-to-backend': seldom('insecure', 'verify authorities', 'verify'),
  'loadbalancer.lbex/shared-listener': often([undefined, undefined, undefined, 'x'], ['y', 'a b']),
  'loadbalancer.lbex/weight': often([undefined, undefined, '5', '0'], ['1001']),
})

const listens: Arbitrary<Annotations> = record<Annotations>(
  Object.fromEntries(
    [...PORT_NAMES, 'unnamed'].map((name) => [
      `loadbalancer-port.lbex/${name}`,
      often<string | undefined>(
        ['8080', '8081', '8082', '53', '8080-8082', undefined],
        ['22', '7331', '7330-7332', '8082-8080', '0', '+1', 'http'],
      ),
    ]),
  ),
)

const ports = fc
  .uniqueArray(
    record<Service['ports'][number]>({
      name: fc.constantFrom(...PORT_NAMES),
      protocol: often(['TCP', 'UDP'], ['SCTP']),
      port: fc.constantFrom(80, 443, 53, 8080),
      nodePort: often<number | undefined>([30_001, 30_002, 30_003], [undefined]),
      targetPort: maybe<number | string>(80, 'http'),
    }),
    {selector: ({name}) => name, minLength: 1, maxLength: 3},
  )
  .chain((several) =>
    fc.constantFrom(
      several,
      several,
      several.slice(0, 1).map((port) => ({...port, name: ''})),
    ),
  )

const families = often<IpFamily[]>([['IPv4'], ['IPv4', 'IPv6'], ['IPv6', 'IPv4'], ['IPv6']], [[]])

export const service: Arbitrary<Service> = record<Service>({
  ref: record<Service['ref']>({
    kind: fc.constant('Service'),
    namespace: fc.constantFrom('a', 'a-b', 'shop'),
    name: fc.constantFrom('c', 'b-c', 'web', 'api', 'dns'),
  }),
  uid: fc.constant('u'),
  creationTimestamp: maybe('2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z'),
  deletionTimestamp: seldom('2026-01-01T00:00:00Z'),
  annotations: fc.tuple(keysByPort, listens).map(([some, others]) => ({...some, ...others})),
  type: often(['NodePort', 'NodePort', 'LoadBalancer'], ['ClusterIP', 'ExternalName']),
  ports,
  clusterIPs: often([['10.96.0.1', 'fd00:96::1']], [[], ['10.96.0.1'], ['None']]),
  ipFamilies: families,
  hasSelector: fc.boolean(),
  sessionAffinity: maybe('None', 'ClientIP'),
  externalTrafficPolicy: maybe('Cluster', 'Local'),
  internalTrafficPolicy: seldom('Cluster', 'Local'),
  trafficDistribution: seldom('PreferClose', 'PreferSameZone', 'PreferSameNode'),
  healthCheckNodePort: seldom(30_999),
  publishNotReadyAddresses: seldom(true),
  allocateLoadBalancerNodePorts: seldom(false),
  loadBalancerClass: often<string | undefined>([undefined, 'loadbalancer-lbex'], ['metallb']),
  loadBalancerSourceRanges: seldom(['10.0.0.0/8'], ['fd00::/8', '192.0.2.0/24'], ['10.0.0.0']),
  loadBalancerIP: seldom('192.0.2.7', '10.0.0.1', 'public', 'x y'),
  externalIPs: seldom(['192.0.2.8']),
  affinityTimeout: seldom(60),
  refused: seldom(true),
})

const endpoint = (address: Arbitrary<string>) =>
  record<EndpointSlice['endpoints'][number]>({
    addresses: fc.array(address, {minLength: 1, maxLength: 2}),
    conditions: record<EndpointSlice['endpoints'][number]['conditions']>({
      ready: maybe(true, true, true, false),
      serving: maybe(true, false),
      terminating: maybe(true, false),
    }),
    nodeName: often<string | undefined>(NODES, [undefined, 'gone']),
    zoneHints: often<string[] | undefined>([['east'], ['west'], ['east', 'west']], [undefined]),
  })

const ADDRESSES = {
  IPv4: fc.integer({min: 1, max: 6}).map((last) => `10.1.0.${last}`),
  IPv6: fc.integer({min: 1, max: 6}).map((last) => `fd00::${last}`),
}

/** A slice with endpoints for the ports of a Service that have these names. */
function sliceOf({ref, ports: own}: Pick<Service, 'ref' | 'ports'>): Arbitrary<EndpointSlice> {
  return fc.constantFrom<IpFamily>('IPv4', 'IPv4', 'IPv6').chain((addressType) =>
    record<EndpointSlice>({
      ref: record<EndpointSlice['ref']>({
        kind: often(['EndpointSlice'], ['Endpoints']),
        namespace: fc.constant(ref.namespace),
        name: fc.constantFrom('1', '2', '3').map((suffix) => `${ref.name}-${suffix}`),
      }),
      serviceName: fc.constant(ref.name),
      addressType: fc.constant(addressType),
      endpoints: fc.array(endpoint(ADDRESSES[addressType]), {minLength: 1, maxLength: 4}),
      ports: fc
        .tuple(...own.map(() => fc.constantFrom(80, 8080, 1053)))
        .map((numbers) =>
          own.map(({name, protocol}, index) => ({name, protocol, port: numbers[index] ?? 80})),
        ),
    }),
  )
}

export const slice: Arbitrary<EndpointSlice> = service.chain(sliceOf)

export const node: Arbitrary<Node> = record<Node>({
  ref: record<Node['ref']>({kind: fc.constant('Node'), name: fc.constantFrom(...NODES)}),
  labels: often<Annotations>([{}], [{'node.kubernetes.io/exclude-from-external-load-balancers': ''}]),
  addresses: fc
    .tuple(ADDRESSES.IPv4, ADDRESSES.IPv6, seldom('203.0.113.1', 'n1.example'))
    .map(([four, six, external]) => [
      {type: 'InternalIP', address: four},
      {type: 'InternalIP', address: six},
      ...(external === undefined ? [] : [{type: 'ExternalIP', address: external}]),
    ]),
  taints: often<string[]>([[]], [['ToBeDeletedByClusterAutoscaler']]),
  ready: often<Node['ready']>(['True'], ['False', 'Unknown', undefined]),
})

export const coverage = often(
  [COMPLETE],
  [
    {nodes: false, endpointSlices: false, allocations: false, unknownSecrets: true as const},
    {nodes: true, endpointSlices: false, allocations: false},
    {nodes: false, endpointSlices: true, allocations: true},
    {...COMPLETE, nodes: 'forbidden' as const},
  ],
)

/** In each namespace of the Services, or in none. */
const secrets: Arbitrary<readonly Secret[]> = often(
  [
    ['a', 'a-b', 'shop'].flatMap((namespace) =>
      [
        aSecret('certificate', {pair: 'web'}),
        aSecret('broken', {}),
        aSecret('authorities', {authority: 'authority', type: 'Opaque'}),
      ].map((secret) => ({...secret, ref: {...secret.ref, namespace}})),
    ),
  ],
  [[]],
)

/** A copy of everything but the Secrets, whose certificates cannot be cloned. */
export function cloneOf({secrets: kept, ...snapshot}: ClusterSnapshot): ClusterSnapshot {
  return {...structuredClone(snapshot), ...(kept && {secrets: kept})}
}

/** Some of the addresses of `addressPools` below, and one that is in no pool. */
const statusAddresses: Arbitrary<StatusAddresses> = fc
  .array(
    fc.tuple(
      fc.constantFrom('a/c', 'a/web', 'a-b/web', 'shop/web', 'shop/api'),
      fc.constantFrom(['10.2.0.0'], ['10.2.0.1', 'fd00:2::'], ['10.2.0.8'], ['10.3.0.1']),
    ),
    {maxLength: 3},
  )
  .map((entries) => new Map(entries))

const services = fc.uniqueArray(service, {selector: nameOf, minLength: 1, maxLength: 5})

/** As in a real cluster, names are unique for each kind. */
export const cluster: Arbitrary<ClusterSnapshot> = fc
  .oneof({weight: 4, arbitrary: services}, {weight: 1, arbitrary: services.chain(sharing)})
  .chain((chosen) =>
    fc.record({
      services: fc.constant(chosen),
      slices: fc
        .tuple(...chosen.map((one) => fc.array(sliceOf(one), {minLength: 1, maxLength: 2})))
        .map((all) => all.flat()),
      nodes: fc.uniqueArray(node, {selector: nameOf, maxLength: 3}),
      coverage,
      secrets,
      statusAddresses,
    }),
  )
  .map(({services: ours, slices, nodes, coverage: known, secrets: named, statusAddresses: inStatus}) => ({
    services: ours,
    endpointSlices: slices.filter(({ref}) => ref.kind === 'EndpointSlice'),
    endpoints: slices.filter(({ref}) => ref.kind === 'Endpoints'),
    nodes,
    secrets: named,
    statusAddresses: inStatus,
    coverage: known,
  }))

const UNAVAILABLE = [
  without({'0.0.0.0:8080/TCP': {code: 'in-use'}}),
  without({'10.0.0.1:53/UDP': {code: 'forbidden'}}),
]

/** Address sets keep their identity, like those of the real host. */
const SOME_ADDRESSES = [[], ['10.1.0.1', '10.1.0.2', '10.1.0.3', 'fd00::1'], ['10.1.0.3', '10.1.0.4']].map(
  (addresses) => new Set(addresses),
)

const TCP_CHECK = readHealthCheck(aService().annotated({'health-check': 'tcp'}).build(), () => {})

/** No, some and all servers that a check finds. */
const SOME_FAILURES = [
  [],
  ['10.1.0.1'],
  ['10.1.0.1', '10.1.0.2', '10.1.0.3', '10.1.0.4', '10.1.0.5', '10.1.0.6'],
].map(
  (failing): HostState['failedChecks'] =>
    new Map(
      failing.flatMap((address) =>
        [80, 8080, 1053, 30_001, 30_002].map((port) => {
          const id = TCP_CHECK ? probeTarget({address, port}, TCP_CHECK, 'shop').id : ''
          return [id, {reason: 'connection refused', since: 0, flapping: false}] as const
        }),
      ),
    ),
)

const CERTIFICATE = credentialOf(
  readKeyPair({text: certificateText('web-renewed.pem')}, {text: certificateText('web-renewed.key')}),
)

/** What NGINX may have served for the Secret `broken` before. */
const SOME_LAST_GOOD: readonly NonNullable<HostState['lastGood']>[] = [
  new Map(),
  new Map([[secretFileStem('certificate', 'shop/broken'), CERTIFICATE]]),
]

const SOME_ALLOCATIONS: readonly AllocationState[] = [
  ALLOCATE_ALL,
  {...ALLOCATE_ALL, allocates: false},
  {allocates: false, chosen: new Map()},
  {...ALLOCATE_ALL, chosen: new Map([['shop/web', ['10.2.0.2']]]), hosts: new Set(['10.3.0.1', '10.2.0.0'])},
]

/** Few addresses, so that Services compete for them. */
export const addressPools = poolsOf(
  {default: ['10.2.0.0/30', 'fd00:2::/127'], inside: ['10.2.0.8-10.2.0.9']},
  ['10.0.0.1'],
)

/** Changes of a host: other processes use and release ports, addresses are added and removed. */
export const someHost: Arbitrary<HostState> = fc.record({
  unavailable: fc
    .constantFrom(UNKNOWN_HOST_STATE, UNKNOWN_HOST_STATE, ...UNAVAILABLE)
    .map((host) => host.unavailable),
  addresses: fc.constantFrom(...SOME_ADDRESSES),
  failedChecks: fc.constantFrom(...SOME_FAILURES),
  lastGood: fc.constantFrom(...SOME_LAST_GOOD),
  allocation: fc.constantFrom(...SOME_ALLOCATIONS),
  now: fc.constantFrom(Date.parse('2026-12-31'), Date.parse('2125-12-30'), Date.parse('2127-01-01')),
})

const usualOptions = {
  requirePort: seldom(false),
  defaultUpstreamType: seldom('pod' as const, 'cluster-ip' as const),
  zone: maybe('east', 'north'),
  affinity: seldom('strict' as const, 'anti' as const),
  servicePool: seldom('ours'),
  excludedNamespaces: seldom(['shop']),
  listenAddresses: seldom(
    {IPv4: ['10.0.0.1', '10.0.0.2'], IPv6: ['fd00::1']},
    {IPv4: ['10.0.0.1'], IPv6: []},
  ),
  addressNames: maybe<TestOptions['addressNames']>({public: ['10.0.0.1', 'fd00::1']}, {}),
  includeExcludedNodes: seldom(true),
  nginx: maybe({version: [1, 31, 0] as const, plus: false, liveUpdates: false}),
  ipv6: seldom(false),
  host: often<Partial<HostState> | undefined>([undefined], UNAVAILABLE),
}

/** Options that change which Services are served and how, and a matching state of the host. */
export const someOptions: Arbitrary<TestOptions> = record<Partial<TestOptions>>(usualOptions).map(
  (overrides) => options(overrides),
)

/** Like someOptions, plus options that let one Service affect another. */
export const anyOptions: Arbitrary<TestOptions> = record<Partial<TestOptions>>({
  ...usualOptions,
  deniedEndpoints: seldom([parseRange('10.1.0.0/30')].filter((range) => range !== undefined)),
  allowLocalEndpoints: seldom(true),
  unprivileged: seldom(true),
  namespaces: seldom(['a', 'shop']),
  reservedPorts: seldom([{port: 8081, holder: '--reserved-port'}]),
  ownListeners: seldom([{address: '0.0.0.0', port: 8080, protocol: 'TCP' as const}]),
  maxListenersPerService: seldom(1),
  maxServersPerService: seldom(2),
  maxSourceRangesPerService: seldom(1),
  defaultSettings: seldom({'loadbalancer.lbex/proxy-protocol': 'v1'}),
  addressPools: often<TestOptions['addressPools'] | undefined>([undefined, addressPools], ['unknown']),
  defaultLoadBalancer: seldom(true),
}).map((overrides) => options(overrides))

function nameOf({ref}: Service | Node): string {
  return `${ref.namespace ?? ''}/${ref.name}`
}
