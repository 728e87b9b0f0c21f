/** The endpoints of one Service port, and which of them may get traffic. */
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
  /** Terminating, but still answering: used when no endpoint is ready. */
  readonly draining: boolean
}

export type PortEndpoints = {
  /** In no particular order; one for each address and port. */
  readonly endpoints: readonly PortEndpoint[]
  /** Addresses that are none. */
  readonly invalid: readonly string[]
}

/** The endpoints of `port` that have addresses of the family. */
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
      // All addresses of an endpoint lead to the same Pod: the first stands for them, as it does for kube-proxy.
      const text = endpoint.addresses[0]
      const ip = text === undefined ? undefined : parseIp(text)
      if (ip?.family === family) add(endpoints, {address: ip.address, port: target, ...conditions(endpoint)})
      else if (text !== undefined) invalid.push(text)
    }
  }
  return {endpoints: [...endpoints.values()], invalid}
}

/**
 * The number behind a Service port in one slice. They belong together by name and protocol, as in kube-proxy, never by number.
 * The API server does not check the number: an invalid one is skipped, as kube-proxy does.
 */
export type TargetPortIn = (slice: EndpointSlice, port: ServicePort) => number | undefined

/**
 * Indexes each slice at the first look-up. Each port of a Service looks into each slice: with thousands of ports a search
 * through the slice's ports takes seconds.
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

/** The first port of a name and protocol counts. */
function indexPorts({ports}: EndpointSlice): Map<string, number | undefined> {
  return new Map([...ports].reverse().map(({name, protocol, port}) => [`${protocol} ${name}`, port]))
}

/** Absent conditions: `ready` means true, `serving` means as `ready`, `terminating` means false (discovery.k8s.io/v1). */
function conditions(endpoint: EndpointSlice['endpoints'][number]): Omit<PortEndpoint, 'address' | 'port'> {
  const {nodeName, targetName} = endpoint
  const {ready = true, serving = ready, terminating = false} = endpoint.conditions
  return {
    ready,
    draining: serving && terminating,
    ...(nodeName && {nodeName}),
    ...(targetName !== undefined && {targetName}),
  }
}

/** An endpoint may stand in two slices for a moment, while controllers move it: the better of the two counts. */
function add(endpoints: Map<string, PortEndpoint>, endpoint: PortEndpoint): void {
  const key = `${endpoint.address} ${endpoint.port}`
  const known = endpoints.get(key)
  if (!known || isBetter(endpoint, known)) endpoints.set(key, endpoint)
}

/** By names where all else is equal, so that the order of the slices does not matter. */
function isBetter(a: PortEndpoint, b: PortEndpoint): boolean {
  return rank(a) === rank(b) ? namesOf(a) > namesOf(b) : rank(a) > rank(b)
}

function namesOf({nodeName = '', targetName = ''}: PortEndpoint): string {
  return `${nodeName}\0${targetName}`
}

function rank(endpoint: PortEndpoint): number {
  return endpoint.ready ? 2 : endpoint.draining ? 1 : 0
}

/**
 * Ready endpoints; when there are none, those that still serve while they terminate
 * (https://github.com/kubernetes/enhancements/tree/master/keps/sig-network/1669-proxy-terminating-endpoints).
 */
export function usableEndpoints(endpoints: readonly PortEndpoint[]): PortEndpoint[] {
  const ready = endpoints.filter((endpoint) => endpoint.ready)
  return ready.length > 0 ? ready : endpoints.filter((endpoint) => endpoint.draining)
}

/** The nodes that run these endpoints, as far as they are known; sorted by name. */
export function nodesBehind(endpoints: readonly PortEndpoint[], nodes: NodeViews): NodeView[] {
  const names = new Set(endpoints.map((endpoint) => endpoint.nodeName ?? ''))
  return [...names].sort().flatMap((name) => nodes.byName.get(name) ?? [])
}

/**
 * The endpoints on known nodes, where the control plane has lost sight of every one of these nodes: then it has marked the
 * endpoints unready as well, and knows nothing. None where a node is in sight.
 */
export function endpointsOutOfSight(
  endpoints: readonly PortEndpoint[],
  nodes: NodeViews,
): readonly PortEndpoint[] {
  if (nodesBehind(endpoints, nodes).some((node) => node.ready)) return []
  return endpoints.filter(({nodeName}) => nodes.byName.has(nodeName ?? ''))
}
