/** Unrealistic clusters: any text where the types allow text, inherited property names, injection payloads, duplicates, huge values. */
import fc, {type Arbitrary} from 'fast-check'
import {ANNOTATION_ENTRIES} from '../../src/core/intent/annotations.js'
import type {EndpointSlice, Node, Service} from '../../src/core/cluster/objects.js'
import type {ClusterSnapshot} from '../../src/core/cluster/snapshot.js'
import {cluster} from './clusters.js'

const PAYLOADS = [
  '1; } server { listen 1',
  '8080;\n    return evil',
  '10.0.0.10; load_module evil.so',
  '$remote_addr',
  '{{ evil }}',
  '{% raw %}',
  '"\'\\',
  '# evil\n}',
  '../../etc/passwd',
]
const INHERITED = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']

const text = fc.oneof(
  {weight: 20, arbitrary: fc.string({unit: 'binary', maxLength: 20})},
  {weight: 20, arbitrary: fc.constantFrom(...PAYLOADS, ...INHERITED, '', ' ', '\0')},
  {weight: 1, arbitrary: fc.constantFrom('x'.repeat(100_000), '1:'.repeat(50_000), '9'.repeat(100_000))},
)

const anyNumber = fc.oneof(fc.integer({min: 1, max: 65_535}), fc.integer(), fc.double())
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom('10.1.0.1', 'fd00::1', '::ffff:10.0.0.1', 'fe80::1%eth0', '010.0.0.1'),
  text,
)

const annotations = fc
  .array(
    fc.oneof(
      fc.tuple(fc.constantFrom(...ANNOTATION_ENTRIES.map(({key}) => key)), text),
      fc.tuple(
        text.map((key) => `loadbalancer-port.lbex/${key}`),
        text,
      ),
      fc.tuple(
        text.map((key) => `loadbalancer.lbex/${key}`),
        text,
      ),
      fc.tuple(text, text),
    ),
    {maxLength: 4},
  )
  .map((pairs) => Object.fromEntries(pairs) as Record<string, string>)

/** One of the fields. */
function oneOf<T>(model: {[K in keyof T]?: Arbitrary<T[K]>}): Arbitrary<Partial<T>> {
  const fields = Object.entries(model as Record<string, Arbitrary<unknown>>)
  return fc.oneof(...fields.map(([name, value]) => value.map((made) => ({[name]: made}) as Partial<T>)))
}

const servicePort = oneOf<Service['ports'][number]>({
  name: text,
  protocol: text,
  targetPort: fc.oneof(anyNumber, text),
})
const service = oneOf<Service>({
  ref: fc.record({kind: fc.constant('Service'), namespace: text, name: text}),
  type: text,
  clusterIPs: fc.array(address, {maxLength: 3}),
  uid: text,
  creationTimestamp: text,
  sessionAffinity: text,
  externalTrafficPolicy: text,
  loadBalancerClass: text,
})
const endpointPort = oneOf<EndpointSlice['ports'][number]>({name: text, protocol: text, port: anyNumber})
const endpoint = oneOf<EndpointSlice['endpoints'][number]>({
  addresses: fc.array(address, {maxLength: 2}),
  nodeName: text,
})
const node = oneOf<Node>({
  ref: fc.record({kind: fc.constant('Node'), name: text}),
  labels: fc.dictionary(text, text, {maxKeys: 2}),
  addresses: fc.array(fc.record({type: fc.constantFrom('InternalIP', 'ExternalIP', '__proto__'), address}), {
    maxLength: 3,
  }),
  taints: fc.array(text, {maxLength: 2}),
})

/** Only some fields get arbitrary values, so that most Services are still served. */
function gone<T extends object>(object: T, field: Arbitrary<Partial<T>>): Arbitrary<T> {
  const nothing = fc.constant<Partial<T>>({})
  return fc
    .oneof({weight: 4, arbitrary: nothing}, {weight: 1, arbitrary: field})
    .map((wild) => ({...object, ...wild}))
}

const all = <T>(items: readonly T[], change: (item: T) => Arbitrary<T>): Arbitrary<T[]> =>
  fc.tuple(...items.map(change))

function wildService(tame: Service): Arbitrary<Service> {
  return fc
    .record({
      object: gone(tame, service),
      added: annotations,
      ports: all(tame.ports, (port) => gone(port, servicePort)),
    })
    .map(({object, added, ports}) => ({...object, ports, annotations: {...object.annotations, ...added}}))
}

function wildSlice(tame: EndpointSlice): Arbitrary<EndpointSlice> {
  return fc
    .record({
      ports: all(tame.ports, (port) => gone(port, endpointPort)),
      endpoints: all(tame.endpoints, (one) => gone(one, endpoint)),
    })
    .map((wild) => ({...tame, ...wild}))
}

/** Includes duplicate Services. */
export const wildCluster: Arbitrary<ClusterSnapshot> = fc.tuple(cluster, cluster).chain(([tame, more]) =>
  fc.record({
    services: all([...tame.services, ...more.services], wildService),
    endpointSlices: all(tame.endpointSlices, wildSlice),
    endpoints: all(tame.endpoints, wildSlice),
    nodes: all(tame.nodes, (one) => gone(one, node)),
    coverage: fc.constant(tame.coverage),
  }),
)
