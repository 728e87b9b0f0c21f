/** Upstreams of type pod and cluster-ip, which do not need Nodes. */
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import {REFUSALS} from '../../diagnostics/rules/upstream-rules.js'
import {parseIp} from '../cluster/ip-address.js'
import {isPortNumber} from '../intent/values.js'
import {whyRefused} from './address-policy.js'
import {
  endpointsUnknown,
  readEndpoints,
  placeholder,
  reportRefused,
  FOR_OTHER_ZONES,
  whyNoEndpoint,
  withoutRefused,
  type Backend,
  type BackendContext,
  type Backends,
  type NoBackendReason,
} from './backends.js'
import {endpointsForZone, endpointsOnLostNodes, usableEndpoints, type PortEndpoint} from './endpoints.js'
import type {SkippedBackend} from './load-balancer.js'

/** One server for each endpoint: its address and target port. */
export function podBackends(context: BackendContext, report: ReportDiagnostic): Backends {
  if (endpointsUnknown(context)) return placeholder(context.family, targetPort(context), ['the endpoints'])
  const all = readEndpoints(context, report)
  const endpoints = withoutRefused(all, context, report)
  if (endpoints.length === 0 && all.length > 0)
    return {servers: [], absent: [], unknown: [], noBackend: ALL_REFUSED}
  const usable = endpointsForZone(usableEndpoints(endpoints), context.zone)
  if (usable.length > 0)
    return {servers: usable.map(asBackend), absent: skippedEndpoints(endpoints, usable), unknown: []}
  const kept = endpointsOnLostNodes(endpoints, context.nodes)
  if (kept.length === 0)
    return {servers: [], absent: [], unknown: [], noBackend: whyNoEndpoint(context, endpoints)}
  report('nodes-lost', {field: context.port.field, args: {nodes: countNodes(kept)}})
  return {servers: kept.map(asBackend), absent: [], unknown: []}
}

const ALL_REFUSED: NoBackendReason = {
  why: 'all its endpoints have addresses that lbex does not use',
  advice: 'see address-refused for the reason',
}

/** To the API server, 0 means that targetPort is not set. */
function targetPort({port: {port}}: BackendContext): number {
  return typeof port.targetPort === 'number' && isPortNumber(port.targetPort) ? port.targetPort : port.port
}

function asBackend({address, port}: PortEndpoint): Backend {
  return {address, port, weight: 1}
}

function skippedEndpoints(
  endpoints: readonly PortEndpoint[],
  usable: readonly PortEndpoint[],
): SkippedBackend[] {
  const used = new Set(usable)
  return endpoints
    .filter((endpoint) => !used.has(endpoint))
    .map((endpoint) => ({what: describe(endpoint), why: whySkipped(endpoint)}))
}

function whySkipped({ready, draining}: PortEndpoint): string {
  if (ready) return FOR_OTHER_ZONES
  return draining ? 'terminating' : 'not ready'
}

function describe({address, targetName}: PortEndpoint): string {
  return `endpoint ${address}${targetName === undefined ? '' : ` of Pod ${targetName}`}`
}

function countNodes(endpoints: readonly PortEndpoint[]): number {
  return new Set(endpoints.map((endpoint) => endpoint.nodeName)).size
}

/** A single server: cluster IP and Service port. Undefined, and reported, if the Service has no cluster IP of the family. */
export function clusterIpBackends(
  {intent, port, family, coverage, addresses}: BackendContext,
  report: ReportDiagnostic,
): Backends | undefined {
  const {clusterIPs} = intent.service
  const ip = clusterIPs.map(parseIp).find((parsed) => parsed?.family === family)
  const refusal = ip && whyRefused(ip.address, addresses)
  if (refusal) {
    reportRefused('cluster IP', [{name: ip.address, refusal}], port, report)
    return {servers: [], absent: [], unknown: [], noBackend: {why: REFUSALS[refusal]}}
  }
  if (ip) return {servers: [{address: ip.address, port: port.port.port, weight: 1}], absent: [], unknown: []}
  if (!coverage.allocations && clusterIPs.length === 0)
    return placeholder(family, port.port.port, ['the cluster IP'])
  report('cluster-ip-missing', {field: port.field, args: {family}})
  return undefined
}
