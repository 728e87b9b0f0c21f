/** Upstreams of type pod and cluster-ip, which need no node. */
import type {Report} from '../../diagnostics/reporter.js'
import {REFUSALS} from '../../diagnostics/rules/upstream-rules.js'
import {parseIp} from '../cluster/ip-address.js'
import {whyRefused} from './address-policy.js'
import {
  endpointsUnknown,
  readEndpoints,
  standIn,
  reportRefused,
  whyNoEndpoint,
  withoutRefused,
  type Backend,
  type BackendQuestion,
  type Backends,
  type Shortage,
} from './backends.js'
import {endpointsOutOfSight, usableEndpoints, type PortEndpoint} from './endpoints.js'
import type {Absence} from './load-balancer.js'

/** Endpoint address and resolved target port. */
export function podBackends(question: BackendQuestion, report: Report): Backends {
  if (endpointsUnknown(question)) return standIn(question.family, targetPort(question), ['the endpoints'])
  const all = readEndpoints(question, report)
  const endpoints = withoutRefused(all, question, report)
  if (endpoints.length === 0 && all.length > 0)
    return {servers: [], absent: [], unknown: [], none: ALL_REFUSED}
  const usable = usableEndpoints(endpoints)
  if (usable.length > 0)
    return {servers: usable.map(asBackend), absent: absences(endpoints, usable), unknown: []}
  const kept = endpointsOutOfSight(endpoints, question.nodes)
  if (kept.length === 0)
    return {servers: [], absent: [], unknown: [], none: whyNoEndpoint(question, endpoints)}
  report('nodes-lost', {field: question.port.field, args: {nodes: countNodes(kept)}})
  return {servers: kept.map(asBackend), absent: [], unknown: []}
}

const ALL_REFUSED: Shortage = {
  why: 'all its endpoints have addresses that lbex does not use',
  advice: 'see address-refused for the reason',
}

function targetPort({port: {port}}: BackendQuestion): number {
  return typeof port.targetPort === 'number' ? port.targetPort : port.port
}

function asBackend({address, port}: PortEndpoint): Backend {
  return {address, port, weight: 1}
}

function absences(endpoints: readonly PortEndpoint[], usable: readonly PortEndpoint[]): Absence[] {
  const used = new Set(usable)
  return endpoints
    .filter((endpoint) => !used.has(endpoint))
    .map((endpoint) => ({what: describe(endpoint), why: endpoint.draining ? 'terminating' : 'not ready'}))
}

function describe({address, targetName}: PortEndpoint): string {
  return `endpoint ${address}${targetName === undefined ? '' : ` of Pod ${targetName}`}`
}

function countNodes(endpoints: readonly PortEndpoint[]): number {
  return new Set(endpoints.map((endpoint) => endpoint.nodeName)).size
}

/** Cluster IP and Service port. Undefined, and reported, where the Service has no cluster IP of the family. */
export function clusterIpBackends(
  {intent, port, family, coverage, addresses}: BackendQuestion,
  report: Report,
): Backends | undefined {
  const {clusterIPs} = intent.service
  const ip = clusterIPs.map(parseIp).find((parsed) => parsed?.family === family)
  const refusal = ip && whyRefused(ip.address, addresses)
  if (refusal) {
    reportRefused('cluster IP', [{name: ip.address, refusal}], port, report)
    return {servers: [], absent: [], unknown: [], none: {why: REFUSALS[refusal]}}
  }
  if (ip) return {servers: [{address: ip.address, port: port.port.port, weight: 1}], absent: [], unknown: []}
  if (!coverage.allocations && clusterIPs.length === 0)
    return standIn(family, port.port.port, ['the cluster IP'])
  report('cluster-ip-missing', {field: port.field, args: {family}})
  return undefined
}
