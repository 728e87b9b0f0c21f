/**
 * Builders of what a test needs, each with defaults that make it work: `aService('web').port('http', 80, {listen: 8080})`
 * is served as soon as a slice and a node stand beside it. Every method returns a new builder; nothing is shared.
 */
import {readFileSync} from 'node:fs'
import type {ListenerSettings} from '../../src/core/intent/listener-settings.js'
import {DEFAULT_INTENT_OPTIONS} from '../../src/core/intent/options.js'
import type {Route} from '../../src/core/model/load-balancer.js'
import {DEFAULT_MODEL_OPTIONS} from '../../src/core/model/options.js'
import {modelCapabilities, OLDEST_SUPPORTED} from '../../src/dataplane/nginx-capabilities.js'
import type {Templates} from '../../src/dataplane/nginx/config/render-options.js'
import type {Endpoint, EndpointSlice, Node, Service, ServicePort} from '../../src/core/cluster/objects.js'
import {COMPLETE, type ClusterSnapshot, type Coverage} from '../../src/core/cluster/snapshot.js'
import type {TestOptions} from './translate.js'

type PortDetails = Partial<Omit<ServicePort, 'name' | 'port'>> & {
  /** Listen port, as an annotation asks for it. */
  readonly listen?: number | string
}

class ServiceBuilder {
  constructor(private readonly service: Service) {}

  build(): Service {
    return this.service
  }

  with(fields: Partial<Service>): ServiceBuilder {
    return new ServiceBuilder({...this.service, ...fields})
  }

  without(field: keyof Service): ServiceBuilder {
    const {[field]: _, ...rest} = this.service
    return new ServiceBuilder(rest as Service)
  }

  inNamespace(namespace: string): ServiceBuilder {
    return this.with({ref: {...this.service.ref, namespace}})
  }

  /** A key without a slash stands for loadbalancer.lbex/KEY. */
  annotated(annotations: Readonly<Record<string, string>>): ServiceBuilder {
    const whole = Object.entries(annotations).map(([key, value]) => [fullKey(key), value])
    return this.with({annotations: {...this.service.annotations, ...Object.fromEntries(whole)}})
  }

  labelled(labels: Readonly<Record<string, string>>): ServiceBuilder {
    return this.with({labels})
  }

  notOurs(): ServiceBuilder {
    const {'kubernetes.io/loadbalancer-class': _, ...annotations} = this.service.annotations
    return this.with({annotations})
  }

  /** TCP, with node port 30000 + port where the details say nothing else. */
  port(name: string, port: number, {listen, ...details}: PortDetails = {}): ServiceBuilder {
    const made: ServicePort = {name, protocol: 'TCP', port, nodePort: 30_000 + (port % 2768), ...details}
    const grown = this.with({ports: [...this.service.ports, made]})
    return listen === undefined ? grown : grown.listening({[name || 'unnamed']: listen})
  }

  /** Listen ports by port name. */
  listening(ports: Readonly<Record<string, number | string>>): ServiceBuilder {
    const entries = Object.entries(ports)
    return this.annotated(
      Object.fromEntries(entries.map(([name, port]) => [`loadbalancer-port.lbex/${name}`, String(port)])),
    )
  }

  created(creationTimestamp: string): ServiceBuilder {
    return this.with({creationTimestamp})
  }

  /** As it stands in a repository: without what the API server and controllers add. */
  bare(): ServiceBuilder {
    const ports = this.service.ports.map(({nodePort: _, ...port}) => port)
    return this.with({clusterIPs: [], ipFamilies: [], ports}).without('creationTimestamp')
  }
}

function fullKey(key: string): string {
  return key.includes('/') ? key : `loadbalancer.lbex/${key}`
}

/** A Service of ours in namespace `default`, of type NodePort, IPv4, without ports. */
export function aService(name = 'web'): ServiceBuilder {
  return new ServiceBuilder({
    ref: {kind: 'Service', namespace: 'default', name},
    creationTimestamp: '2026-01-01T00:00:00Z',
    annotations: {'kubernetes.io/loadbalancer-class': 'loadbalancer-lbex'},
    type: 'NodePort',
    ports: [],
    clusterIPs: ['10.96.0.1'],
    ipFamilies: ['IPv4'],
    hasSelector: true,
  })
}

/** The settings of a listener whose Service asks for none, but for `fields`. */
export function listenerSettings(fields: Partial<ListenerSettings> = {}): ListenerSettings {
  return {transparent: false, ...fields}
}

class EndpointBuilder {
  constructor(private readonly endpoint: Endpoint) {}

  build(): Endpoint {
    return this.endpoint
  }

  on(nodeName: string): EndpointBuilder {
    return new EndpointBuilder({...this.endpoint, nodeName})
  }

  conditions(conditions: Endpoint['conditions']): EndpointBuilder {
    return new EndpointBuilder({...this.endpoint, conditions})
  }

  notReady(): EndpointBuilder {
    return this.conditions({ready: false, serving: false, terminating: false})
  }

  /** With hints for these zones. */
  forZones(...zoneHints: string[]): EndpointBuilder {
    return new EndpointBuilder({...this.endpoint, zoneHints})
  }

  draining(): EndpointBuilder {
    return this.conditions({ready: false, serving: true, terminating: true})
  }
}

/** A ready endpoint that says nothing of its node. */
export function anEndpoint(...addresses: string[]): EndpointBuilder {
  return new EndpointBuilder({addresses, conditions: {ready: true}})
}

class SliceBuilder {
  constructor(private readonly slice: EndpointSlice) {}

  build(): EndpointSlice {
    return this.slice
  }

  with(fields: Partial<EndpointSlice>): SliceBuilder {
    return new SliceBuilder({...this.slice, ...fields})
  }

  inNamespace(namespace: string): SliceBuilder {
    return this.with({ref: {...this.slice.ref, namespace}})
  }

  named(name: string): SliceBuilder {
    return this.with({ref: {...this.slice.ref, name}})
  }

  ipv6(): SliceBuilder {
    return this.with({addressType: 'IPv6'})
  }

  port(name: string, port: number, protocol = 'TCP'): SliceBuilder {
    return this.with({ports: [...this.slice.ports, {name, protocol, port}]})
  }

  endpoints(...endpoints: EndpointBuilder[]): SliceBuilder {
    return this.with({endpoints: [...this.slice.endpoints, ...endpoints.map((endpoint) => endpoint.build())]})
  }
}

/** An empty IPv4 EndpointSlice of a Service in namespace `default`. */
export function aSlice(serviceName = 'web'): SliceBuilder {
  const ref = {kind: 'EndpointSlice', namespace: 'default', name: `${serviceName}-abcde`}
  return new SliceBuilder({ref, serviceName, addressType: 'IPv4', endpoints: [], ports: []})
}

class NodeBuilder {
  constructor(private readonly node: Node) {}

  build(): Node {
    return this.node
  }

  with(fields: Partial<Node>): NodeBuilder {
    return new NodeBuilder({...this.node, ...fields})
  }

  address(type: string, address: string): NodeBuilder {
    return this.with({addresses: [...this.node.addresses, {type, address}]})
  }

  internal(address: string): NodeBuilder {
    return this.address('InternalIP', address)
  }

  external(address: string): NodeBuilder {
    return this.address('ExternalIP', address)
  }

  notReady(): NodeBuilder {
    return this.with({ready: 'False'})
  }

  lost(): NodeBuilder {
    return this.with({ready: 'Unknown'})
  }

  labelled(label: string, value = ''): NodeBuilder {
    return this.with({labels: {...this.node.labels, [label]: value}})
  }

  tainted(taint: string): NodeBuilder {
    return this.with({taints: [...this.node.taints, taint]})
  }
}

/** A Ready node without addresses. */
export function aNode(name = 'a'): NodeBuilder {
  return new NodeBuilder({ref: {kind: 'Node', name}, labels: {}, addresses: [], taints: [], ready: 'True'})
}

type Part = ServiceBuilder | SliceBuilder | NodeBuilder | Service | EndpointSlice | Node

/** A snapshot of these objects, in this order; complete where `coverage` says nothing else. */
export function aSnapshot(parts: readonly Part[], coverage: Coverage = COMPLETE): ClusterSnapshot {
  const objects = parts.map((part) => ('build' in part ? part.build() : part))
  const ofKind = <T>(kind: string): T[] => objects.filter(({ref}) => ref.kind === kind) as T[]
  return {
    services: ofKind<Service>('Service'),
    endpointSlices: ofKind<EndpointSlice>('EndpointSlice'),
    endpoints: ofKind<EndpointSlice>('Endpoints'),
    nodes: ofKind<Node>('Node'),
    coverage,
  }
}

/** What manifests in a repository tell of a cluster. */
export const NOTHING_KNOWN: Coverage = {
  nodes: false,
  endpointSlices: false,
  allocations: false,
  unknownSecrets: true,
}

export const TEMPLATES: Templates = {main: template('nginx'), service: template('service')}

function template(name: string): string {
  return readFileSync(new URL(`../../templates/${name}.conf.liquid`, import.meta.url), 'utf8')
}

/** The defaults of lbex, on a host with two CPUs. What `nginx` can do follows from its version, unless `capabilities` says otherwise. */
export function options(overrides: Partial<TestOptions> = {}): TestOptions {
  return {
    ...DEFAULT_INTENT_OPTIONS,
    ...DEFAULT_MODEL_OPTIONS,
    nginx: OLDEST_SUPPORTED,
    capabilities: modelCapabilities(overrides.nginx ?? OLDEST_SUPPORTED),
    templates: TEMPLATES,
    directory: '/var/lib/lbex/nginx',
    workers: 2,
    openFiles: 65_536,
    workersStayRoot: false,
    shutdownTimeout: 43_200,
    ...overrides,
  }
}

/** A route of Service default/web for all traffic, from Service port 80, which has no name. */
export function aRoute(parts: Partial<Route> & Pick<Route, 'upstreams'>): Route {
  const owner = {kind: 'Service', namespace: 'default', name: 'web'}
  return {match: {type: 'all'}, owner, portName: '', servicePort: 80, ...parts}
}
