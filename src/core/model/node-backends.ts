/** Upstreams of type node: one server for each node, with the node's address and the node port. */
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import {REFUSALS} from '../../diagnostics/rules/upstream-rules.js'
import {usesEndpointNodes, type PortIntent, type ServiceIntent} from '../intent/service-intent.js'
import type {IpFamily} from '../cluster/objects.js'
import type {Coverage} from '../cluster/snapshot.js'
import {
  endpointsUnknown,
  readEndpoints,
  reportRefused,
  placeholder,
  FOR_OTHER_ZONES,
  whyNoEndpoint,
  type Backend,
  type BackendContext,
  type Backends,
  type NoBackendReason,
} from './backends.js'
import {endpointsForZone, nodesBehind, usableEndpoints, type PortEndpoint} from './endpoints.js'
import type {SkippedBackend} from './load-balancer.js'
import {addressNameOf, EXCLUDED_BY_LABEL, type NodeView} from './nodes.js'

/** For a port that has a node port, or will get one from the API server. */
export function nodeBackends(context: BackendContext, report: ReportDiagnostic): Backends {
  const {port, family, coverage} = context
  if (coverage.nodes === 'forbidden')
    return {servers: [], absent: [], unknown: [], noBackend: NODES_FORBIDDEN}
  const unknown = unknownParts(context)
  if (unknown.length > 0) return placeholder(family, port.port.nodePort ?? port.port.port, unknown)
  return usesEndpointNodes(context.intent) ? nodesWithEndpoints(context, report) : allNodes(context, report)
}

const NODES_FORBIDDEN: NoBackendReason = {
  why: 'the API server does not allow lbex to read Nodes',
  advice: 'allow lbex to list and watch nodes, or set loadbalancer.lbex/upstream-type: pod',
}

/** Why a port has no node port; undefined if it has one, or will get one from the API server. */
export function whyNoNodePort(
  {service}: ServiceIntent,
  {port}: PortIntent,
  coverage: Coverage,
): NoBackendReason | undefined {
  if (port.nodePort !== undefined) return undefined
  if (service.type === 'ClusterIP') return {why: 'a Service of type ClusterIP does not have one'}
  if (service.allocateLoadBalancerNodePorts === false) return NOT_ALLOCATED
  return coverage.allocations ? {why: 'the Service does not have one'} : undefined
}

const NOT_ALLOCATED: NoBackendReason = {
  why: 'spec.allocateLoadBalancerNodePorts is false',
  advice:
    'send the traffic to the Pods (loadbalancer.lbex/upstream-type: pod for this Service, or lbex run --default-upstream-type pod for all), or set spec.allocateLoadBalancerNodePorts: true',
}

function unknownParts(context: BackendContext): string[] {
  const unknown: string[] = []
  if (context.port.port.nodePort === undefined) unknown.push('the node port')
  if (!context.coverage.nodes) unknown.push('the nodes and their addresses')
  if (usesEndpointNodes(context.intent) && endpointsUnknown(context))
    unknown.push('which nodes run an endpoint')
  return unknown
}

function nodesWithEndpoints(context: BackendContext, report: ReportDiagnostic): Backends {
  const endpoints = readEndpoints(context, report)
  const usable = usableEndpoints(endpoints)
  reportEndpointsWithoutNode(usable, context, report)
  const preferred = preferZone(usable, context)
  const hosts = nodesBehind(preferred, context.nodes)
  const behind = preferred.length === endpoints.length ? hosts : nodesBehind(endpoints, context.nodes)
  const {servers, absent, unknown, noBackend} = serversOnNodes(hosts, context, report, {
    weights: weightsBy(preferred, context),
  })
  if (servers.length > 0)
    return {servers, absent: [...absent, ...nodesWithoutEndpoint(behind, hosts, usable)], unknown}
  const lost = withLostNodes(behind, context, report, weightsBy(endpoints, context))
  return (
    lost ?? {servers, absent, unknown, noBackend: whyNone(context, endpoints, usable, hosts) ?? noBackend}
  )
}

/** The endpoints for the zone of this host, unless no node behind them can be used. */
function preferZone(usable: readonly PortEndpoint[], context: BackendContext): readonly PortEndpoint[] {
  const {intent, nodes, family, zone} = context
  const preferred = endpointsForZone(usable, zone)
  const canServe = (node: NodeView): boolean =>
    whyUnusable(node, false) === undefined &&
    node.addresses[intent.nodeAddressType][family]?.usable !== undefined
  return preferred === usable || nodesBehind(preferred, nodes).some(canServe) ? preferred : usable
}

function nodesWithoutEndpoint(
  behind: readonly NodeView[],
  hosts: readonly NodeView[],
  usable: readonly PortEndpoint[],
): SkippedBackend[] {
  const busy = new Set(hosts)
  const inUse = new Set(usable.map(({nodeName}) => nodeName))
  const others = behind.filter((node) => !busy.has(node))
  return others.map(({name}) => ({
    what: `node ${name}`,
    why: inUse.has(name) ? FOR_OTHER_ZONES : 'no ready endpoint',
  }))
}

/** Reports endpoints without a nodeName, and endpoints on nodes that do not exist. */
function reportEndpointsWithoutNode(
  usable: readonly PortEndpoint[],
  {nodes, port}: BackendContext,
  report: ReportDiagnostic,
): void {
  const nodeless = usable.filter((endpoint) => endpoint.nodeName === undefined)
  const addresses = nodeless.map((endpoint) => endpoint.address).sort()
  if (addresses.length > 0) report('endpoint-without-node', {field: port.field, args: {addresses}})
  const unknown = [...countByNode(usable).keys()].filter((name) => !nodes.byName.has(name)).sort()
  if (unknown.length > 0) report('node-unknown', {field: port.field, args: {nodes: unknown}})
}

/** With externalTrafficPolicy Local, kube-proxy sends the traffic of a node only to endpoints on that node. */
function weightsBy(endpoints: readonly PortEndpoint[], {intent}: BackendContext): Weights | undefined {
  return intent.service.externalTrafficPolicy === 'Local' ? countByNode(endpoints) : undefined
}

function whyNone(
  context: BackendContext,
  endpoints: readonly PortEndpoint[],
  usable: readonly PortEndpoint[],
  hosts: readonly NodeView[],
): NoBackendReason | undefined {
  if (usable.length === 0) return whyNoEndpoint(context, endpoints)
  return hosts.length === 0 ? {why: 'none of its endpoints runs on a known node'} : undefined
}

function allNodes(context: BackendContext, report: ReportDiagnostic): Backends {
  const {all} = context.nodes
  const backends = serversOnNodes(all, context, report, {})
  if (backends.servers.length > 0) return backends
  return withLostNodes(all, context, report) ?? backends
}

/**
 * Servers on NotReady nodes, if no eligible node is Ready: the control plane has most likely lost its connection to all of them,
 * which is not a reason to drop traffic.
 */
function withLostNodes(
  nodes: readonly NodeView[],
  context: BackendContext,
  report: ReportDiagnostic,
  weights?: Weights,
): Backends | undefined {
  const eligible = nodes.filter((node) => node.excluded === undefined)
  if (eligible.length === 0 || eligible.some((node) => node.ready)) return undefined
  const backends = serversOnNodes(eligible, context, report, {weights, includeNotReady: true})
  if (backends.servers.length === 0) return undefined
  report('nodes-lost', {field: context.port.field, args: {nodes: eligible.length}})
  return backends
}

/** By node name. */
type Weights = ReadonlyMap<string, number>

type NodeServerOptions = {
  /** If absent, every node has weight 1. */
  readonly weights?: Weights | undefined
  /** Also use nodes that are not Ready. */
  readonly includeNotReady?: boolean
}

/** Servers on the eligible nodes that have an address. The other nodes are listed in `absent` with the reason. */
function serversOnNodes(
  nodes: readonly NodeView[],
  {intent, port, family}: BackendContext,
  report: ReportDiagnostic,
  options: NodeServerOptions,
): Backends {
  const wanted = addressNameOf(intent.nodeAddressType, family)
  // Active checks find out whether a node answers, and its Ready condition may only mean that kubelet does not (KEP-3458).
  const includeNotReady = options.includeNotReady ?? port.upstreamSettings.healthCheck !== undefined
  const servers: Backend[] = []
  const absent: SkippedBackend[] = []
  const withoutAddress: NodeView[] = []
  for (const node of nodes) {
    const {usable: address, refused} = node.addresses[intent.nodeAddressType][family] ?? {}
    const unusable = whyUnusable(node, includeNotReady)
    if (unusable === undefined && address !== undefined) {
      servers.push({address, port: port.port.nodePort ?? 0, weight: options.weights?.get(node.name) ?? 1})
    } else {
      const missing = refused ? `${wanted}: ${REFUSALS[refused.refusal]}` : `no ${wanted}`
      absent.push({what: `node ${node.name}`, why: unusable ?? missing})
      if (unusable === undefined) withoutAddress.push(node)
    }
  }
  if (servers.length === 0) return {servers, absent, unknown: [], noBackend: whyNoNode(absent, family)}
  reportMissingAddresses(withoutAddress, {intent, port, family}, report)
  return {servers, absent, unknown: []}
}

/** Reports nodes without a usable address, if other nodes have one. */
function reportMissingAddresses(
  nodes: readonly NodeView[],
  {intent, port, family}: Pick<BackendContext, 'intent' | 'port' | 'family'>,
  report: ReportDiagnostic,
): void {
  const refusedOf = ({addresses}: NodeView) => addresses[intent.nodeAddressType][family]?.refused
  const names = nodes.filter((node) => !refusedOf(node)).map(({name}) => name)
  const args = {
    nodes: names,
    wanted: addressNameOf(intent.nodeAddressType, family),
    advice: addressAdvice(family),
  }
  if (names.length > 0) report('node-address-missing', {field: port.field, args})
  const refused = nodes.flatMap((node) => {
    const {address, refusal} = refusedOf(node) ?? {}
    return refusal ? [{name: `${node.name} (${address})`, refusal}] : []
  })
  reportRefused('node', refused, port, report)
}

const NOT_READY = 'not Ready'

function whyUnusable(node: NodeView, includeNotReady: boolean): string | undefined {
  return node.excluded ?? (node.ready || includeNotReady ? undefined : NOT_READY)
}

function whyNoNode(absent: readonly SkippedBackend[], family: IpFamily): NoBackendReason {
  const reasons = [...new Set(absent.map((absence) => absence.why))].sort()
  if (reasons.length === 0) return {why: 'the cluster has no nodes'}
  return {why: `no node can be used (${reasons.join('; ')})`, advice: adviceFor(reasons, family)}
}

function adviceFor(reasons: readonly string[], family: IpFamily): string {
  if (reasons.includes(EXCLUDED_BY_LABEL))
    return 'remove the label from the node, or run lbex with --include-excluded-nodes'
  if (reasons.includes(NOT_READY)) return 'find out why the nodes are not Ready: kubectl describe nodes'
  return addressAdvice(family)
}

function addressAdvice(family: IpFamily): string {
  if (family === 'IPv6') return 'give the nodes IPv6 addresses, or remove IPv6 from spec.ipFamilies'
  return 'kubectl get nodes -o wide shows their addresses; loadbalancer.lbex/node-address-type selects one'
}

function countByNode(endpoints: readonly PortEndpoint[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const {nodeName} of endpoints) {
    if (nodeName !== undefined) counts.set(nodeName, (counts.get(nodeName) ?? 0) + 1)
  }
  return counts
}
