/** The endpoints of one Service port, and which of them get traffic. */
import {isPortNumber} from '../intent/values.js'
import {parseIp} from '../cluster/ip-address.js'
import type {EndpointSlice, IpFamily, ServicePort} from '../cluster/objects.js'
import type {NodeView, NodeViews} from './nodes.js'

export type PortEndpoint = {
  readonly address: string
  readonly port: number
  readonly nodeName?: string
  readonly targetName?: string
  readonly ready: boolean
  /** Terminating but still serving: used if no endpoint is ready. */
  readonly draining: boolean
  /** The zones for which Kubernetes hints the endpoint; absent if there are none. */
  readonly zoneHints?: readonly string[]
}

export type PortEndpoints = {
  /** One for each address and port, in no particular order. */
  readonly endpoints: readonly PortEndpoint[]
  /** Texts that are not addresses of the family. */
  readonly invalid: readonly string[]
}

/** The endpoints of `port` with addresses of `family`. */
export function endpointsOf(
  slices: readonly EndpointSlice[],
  port: ServicePort,
  family: IpFamily,
  targetPortIn: TargetPortIn,
): PortEndpoints {
  const endpoints = new Map<string, PortEndpoint>()
  const invalid: string[] = []
  for (const slice of slices) {
    const target = targetPortIn(slice, port)
    if (slice.addressType !== family || target === undefined) continue
    for (const endpoint of slice.endpoints) {
      // All addresses of an endpoint belong to the same Pod. Like kube-proxy, use the first one.
      const text = endpoint.addresses[0]
      const ip = text === undefined ? undefined : parseIp(text)
      if (ip?.family === family) add(endpoints, {address: ip.address, port: target, ...conditions(endpoint)})
      else if (text !== undefined) invalid.push(text)
    }
  }
  return {endpoints: [...endpoints.values()], invalid}
}

/**
 * The port number of a Service port in one slice. As in kube-proxy, ports are matched by name and protocol, never by number.
 * The API server does not validate the number: an invalid one is skipped, also as in kube-proxy.
 */
export type TargetPortIn = (slice: EndpointSlice, port: ServicePort) => number | undefined

/**
 * Indexes each slice at the first lookup. Each port of a Service is looked up in each slice: with thousands of ports, a linear
 * search takes seconds.
 */
export function indexTargetPorts(): TargetPortIn {
  const portsByName = new Map<EndpointSlice, ReadonlyMap<string, number | undefined>>()
  return (slice, {name, protocol}) => {
    let ports = portsByName.get(slice)
    if (!ports) portsByName.set(slice, (ports = indexPorts(slice)))
    const port = ports.get(`${protocol} ${name}`)
    return port !== undefined && isPortNumber(port) ? port : undefined
  }
}

/** If a name and protocol occur more than once, the first port is used. */
function indexPorts({ports}: EndpointSlice): Map<string, number | undefined> {
  return new Map([...ports].reverse().map(({name, protocol, port}) => [`${protocol} ${name}`, port]))
}

/** Defaults of discovery.k8s.io/v1: `ready` is true, `serving` equals `ready`, `terminating` is false. */
function conditions(endpoint: EndpointSlice['endpoints'][number]): Omit<PortEndpoint, 'address' | 'port'> {
  const {nodeName, targetName, zoneHints} = endpoint
  const {ready = true, serving = ready, terminating = false} = endpoint.conditions
  return {
    ready,
    draining: serving && terminating,
    ...(nodeName && {nodeName}),
    ...(targetName !== undefined && {targetName}),
    ...(zoneHints && {zoneHints}),
  }
}

/** While a controller moves an endpoint, it may be in two slices for a moment: the better one is used. */
function add(endpoints: Map<string, PortEndpoint>, endpoint: PortEndpoint): void {
  const key = `${endpoint.address} ${endpoint.port}`
  const known = endpoints.get(key)
  if (!known || isBetter(endpoint, known)) endpoints.set(key, endpoint)
}

/** Compares all else last, so that the order of the slices does not matter. */
function isBetter(a: PortEndpoint, b: PortEndpoint): boolean {
  return rank(a) === rank(b) ? textOf(a) > textOf(b) : rank(a) > rank(b)
}

function textOf({nodeName = '', targetName = '', zoneHints = []}: PortEndpoint): string {
  return [nodeName, targetName, ...zoneHints].join('\0')
}

function rank(endpoint: PortEndpoint): number {
  return endpoint.ready ? 2 : endpoint.draining ? 1 : 0
}

/**
 * The ready endpoints; if there are none, the terminating endpoints that still serve
 * (https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints).
 */
export function usableEndpoints(endpoints: readonly PortEndpoint[]): PortEndpoint[] {
  const ready = endpoints.filter((endpoint) => endpoint.ready)
  return ready.length > 0 ? ready : endpoints.filter((endpoint) => endpoint.draining)
}

/**
 * The endpoints that are hinted for `zone`. As in kube-proxy, all endpoints if `zone` is absent, if an endpoint has no hint, if
 * none is hinted for the zone, and if they are used although they are terminating
 * (https://github.com/kubernetes/kubernetes/blob/master/pkg/proxy/topology.go).
 */
export function endpointsForZone(
  usable: readonly PortEndpoint[],
  zone: string | undefined,
): readonly PortEndpoint[] {
  if (zone === undefined || !usable.every(({ready, zoneHints}) => ready && zoneHints)) return usable
  const hinted = usable.filter(({zoneHints}) => zoneHints?.includes(zone))
  return hinted.length > 0 ? hinted : usable
}

/** The known nodes that run these endpoints, sorted by name. */
export function nodesBehind(endpoints: readonly PortEndpoint[], nodes: NodeViews): NodeView[] {
  const names = new Set(endpoints.map((endpoint) => endpoint.nodeName ?? ''))
  return [...names].sort().flatMap((name) => nodes.byName.get(name) ?? [])
}

/**
 * The endpoints on known nodes if all these nodes are NotReady, otherwise none. The control plane has then lost its connection
 * to the nodes and marked the endpoints as not ready, although they may still serve.
 */
export function endpointsOnLostNodes(
  endpoints: readonly PortEndpoint[],
  nodes: NodeViews,
): readonly PortEndpoint[] {
  if (nodesBehind(endpoints, nodes).some((node) => node.ready)) return []
  return endpoints.filter(({nodeName}) => nodes.byName.has(nodeName ?? ''))
}
