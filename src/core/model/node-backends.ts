/** Upstreams of type node: node address and node port, one server for each node. */
import type {Report} from '../../diagnostics/reporter.js'
import {REFUSALS} from '../../diagnostics/rules/upstream-rules.js'
import type {PortIntent, ServiceIntent} from '../intent/service-intent.js'
import type {IpFamily} from '../cluster/objects.js'
import type {Coverage} from '../cluster/snapshot.js'
import {
  endpointsUnknown,
  readEndpoints,
  reportRefused,
  standIn,
  whyNoEndpoint,
  type Backend,
  type BackendQuestion,
  type Backends,
  type Shortage,
} from './backends.js'
import {nodesBehind, usableEndpoints, type PortEndpoint} from './endpoints.js'
import type {Absence} from './load-balancer.js'
import {addressNameOf, EXCLUDED_BY_LABEL, type NodeView} from './nodes.js'

/** For a port that has, or may yet get, a node port. */
export function nodeBackends(question: BackendQuestion, report: Report): Backends {
  const {port, family, coverage} = question
  if (coverage.nodes === 'forbidden') return {servers: [], absent: [], unknown: [], none: NODES_FORBIDDEN}
  const unknown = whatIsUnknown(question)
  if (unknown.length > 0) return standIn(family, port.port.nodePort ?? port.port.port, unknown)
  return isByEndpoint(question.intent) ? nodesWithEndpoints(question, report) : everyNode(question, report)
}

const NODES_FORBIDDEN: Shortage = {
  why: 'the API server does not allow lbex to read Nodes',
  advice: 'allow lbex to list and watch nodes, or set loadbalancer.lbex/upstream-type: pod',
}

/** Why a port has no node port; undefined where it has one, or where only the cluster knows which. */
export function whyNoNodePort(
  {service}: ServiceIntent,
  {port}: PortIntent,
  coverage: Coverage,
): string | undefined {
  if (port.nodePort !== undefined) return undefined
  if (service.type === 'ClusterIP') return 'a Service of type ClusterIP does not have one'
  if (service.allocateLoadBalancerNodePorts === false) return 'spec.allocateLoadBalancerNodePorts is false'
  return coverage.allocations ? 'the Service does not have one' : undefined
}

function whatIsUnknown(question: BackendQuestion): string[] {
  const unknown: string[] = []
  if (question.port.port.nodePort === undefined) unknown.push('the node port')
  if (!question.coverage.nodes) unknown.push('the nodes and their addresses')
  if (isByEndpoint(question.intent) && endpointsUnknown(question)) unknown.push('which nodes run an endpoint')
  return unknown
}

/** With externalTrafficPolicy Local a node without an endpoint drops the traffic, whatever node-set says. */
function isByEndpoint({nodeSet, service}: ServiceIntent): boolean {
  return nodeSet === 'host' || service.externalTrafficPolicy === 'Local'
}

function nodesWithEndpoints(question: BackendQuestion, report: Report): Backends {
  const endpoints = readEndpoints(question, report)
  const usable = usableEndpoints(endpoints)
  reportStrays(usable, question, report)
  const hosts = nodesBehind(usable, question.nodes)
  const behind = usable.length === endpoints.length ? hosts : nodesBehind(endpoints, question.nodes)
  const {servers, absent, unknown, none} = serversOn(hosts, question, report, {
    weights: weightsBy(usable, question),
  })
  if (servers.length > 0) return {servers, absent: [...absent, ...idle(behind, hosts)], unknown}
  const lost = withLostNodes(behind, question, report, weightsBy(endpoints, question))
  return lost ?? {servers, absent, unknown, none: whyNone(question, endpoints, usable, hosts) ?? none}
}

function idle(behind: readonly NodeView[], hosts: readonly NodeView[]): Absence[] {
  const busy = new Set(hosts)
  const others = behind.filter((node) => !busy.has(node))
  return others.map(({name}) => ({what: `node ${name}`, why: 'no ready endpoint'}))
}

/** Endpoints that nobody can say the node of, and nodes that nobody knows. */
function reportStrays(usable: readonly PortEndpoint[], {nodes, port}: BackendQuestion, report: Report): void {
  const nodeless = usable.filter((endpoint) => endpoint.nodeName === undefined)
  const addresses = nodeless.map((endpoint) => endpoint.address).sort()
  if (addresses.length > 0) report('endpoint-without-node', {field: port.field, args: {addresses}})
  const unknown = [...countByNode(usable).keys()].filter((name) => !nodes.byName.has(name)).sort()
  if (unknown.length > 0) report('node-unknown', {field: port.field, args: {nodes: unknown}})
}

/** With externalTrafficPolicy Local kube-proxy spreads what a node gets over that node's endpoints only. */
function weightsBy(endpoints: readonly PortEndpoint[], {intent}: BackendQuestion): Weights | undefined {
  return intent.service.externalTrafficPolicy === 'Local' ? countByNode(endpoints) : undefined
}

function whyNone(
  question: BackendQuestion,
  endpoints: readonly PortEndpoint[],
  usable: readonly PortEndpoint[],
  hosts: readonly NodeView[],
): Shortage | undefined {
  if (usable.length === 0) return whyNoEndpoint(question, endpoints)
  return hosts.length === 0 ? {why: 'none of its endpoints runs on a known node'} : undefined
}

function everyNode(question: BackendQuestion, report: Report): Backends {
  const {all} = question.nodes
  const backends = serversOn(all, question, report, {})
  if (backends.servers.length > 0) return backends
  return withLostNodes(all, question, report) ?? backends
}

/**
 * Servers on nodes that are out of sight, provided that every node that could be used is: a partition of the control plane
 * is no reason to drop traffic.
 */
function withLostNodes(
  nodes: readonly NodeView[],
  question: BackendQuestion,
  report: Report,
  weights?: Weights,
): Backends | undefined {
  const eligible = nodes.filter((node) => node.excluded === undefined)
  if (eligible.length === 0 || eligible.some((node) => node.ready)) return undefined
  const backends = serversOn(eligible, question, report, {weights, lost: true})
  if (backends.servers.length === 0) return undefined
  report('nodes-lost', {field: question.port.field, args: {nodes: eligible.length}})
  return backends
}

/** By node name. */
type Weights = ReadonlyMap<string, number>

type HowToServe = {
  /** 1 for every node where absent. */
  readonly weights?: Weights | undefined
  /** Take nodes that are not Ready as well. */
  readonly lost?: boolean
}

/** Servers on the nodes that are eligible and have an address; says of the others why they are left out. */
function serversOn(
  nodes: readonly NodeView[],
  {intent, port, family}: BackendQuestion,
  report: Report,
  how: HowToServe,
): Backends {
  const wanted = addressNameOf(intent.nodeAddressType, family)
  const servers: Backend[] = []
  const absent: Absence[] = []
  const addressless: NodeView[] = []
  for (const node of nodes) {
    const {usable: address, refused} = node.addresses[intent.nodeAddressType][family] ?? {}
    const unusable = whyUnusable(node, how)
    if (unusable === undefined && address !== undefined) {
      servers.push({address, port: port.port.nodePort ?? 0, weight: how.weights?.get(node.name) ?? 1})
    } else {
      const lacking = refused ? `${wanted}: ${REFUSALS[refused.refusal]}` : `no ${wanted}`
      absent.push({what: `node ${node.name}`, why: unusable ?? lacking})
      if (unusable === undefined) addressless.push(node)
    }
  }
  if (servers.length === 0) return {servers, absent, unknown: [], none: whyNoNode(absent, family)}
  reportAddressless(addressless, {intent, port, family}, report)
  return {servers, absent, unknown: []}
}

/** Nodes without an address that may be used, beside nodes that have one. */
function reportAddressless(
  nodes: readonly NodeView[],
  {intent, port, family}: Pick<BackendQuestion, 'intent' | 'port' | 'family'>,
  report: Report,
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

function whyUnusable(node: NodeView, how: HowToServe): string | undefined {
  return node.excluded ?? (node.ready || how.lost ? undefined : NOT_READY)
}

function whyNoNode(absent: readonly Absence[], family: IpFamily): Shortage {
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
