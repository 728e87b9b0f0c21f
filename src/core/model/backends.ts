/** The servers of one Service port in one address family: what all upstream types have in common. */
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {AddressRefusal} from '../../diagnostics/rules/upstream-rules.js'
import type {PortIntent, ServiceIntent} from '../intent/service-intent.js'
import type {EndpointSlice, IpFamily} from '../cluster/objects.js'
import type {Coverage} from '../cluster/snapshot.js'
import {whyRefused, type AddressPolicy} from './address-policy.js'
import {endpointsOf, type PortEndpoint, type TargetPortIn} from './endpoints.js'
import type {SkippedBackend} from './load-balancer.js'
import type {NodeViews} from './nodes.js'
import {wholeRange} from './port-ranges.js'

/** All inputs for the backends of one Service port in one family. */
export type BackendContext = {
  readonly intent: ServiceIntent
  readonly port: PortIntent
  readonly family: IpFamily
  readonly slices: readonly EndpointSlice[]
  readonly nodes: NodeViews
  readonly coverage: Coverage
  readonly addresses: AddressPolicy
  /** The zone of this host, if it is known. */
  readonly zone: string | undefined
  readonly targetPortIn: TargetPortIn
}

export type Backend = {readonly address: string; readonly port: number; readonly weight: number}

export type Backends = {
  readonly servers: readonly Backend[]
  readonly absent: readonly SkippedBackend[]
  /** What is known only in a cluster; if not empty, `servers` is a single placeholder. */
  readonly unknown: readonly string[]
  /** Why there is no server, and how to fix it; absent if there is one. */
  readonly noBackend?: NoBackendReason
}

/** Why an endpoint or node that could be used is skipped. */
export const FOR_OTHER_ZONES = 'for other zones'

export type NoBackendReason = {readonly why: string; readonly advice?: string}

/** Addresses for documentation (RFC 5737, RFC 3849), which are not routed. */
const PLACEHOLDER_ADDRESS: Record<IpFamily, string> = {IPv4: '192.0.2.1', IPv6: '2001:db8::1'}

/** Shows the listener of a Service whose backends are known only in a cluster. */
export function placeholder(family: IpFamily, port: number, unknown: readonly string[]): Backends {
  return {servers: [{address: PLACEHOLDER_ADDRESS[family], port, weight: 1}], absent: [], unknown}
}

/**
 * The endpoints of the port. Invalid addresses are reported. With publishNotReadyAddresses, all endpoints are ready: the
 * controllers of Kubernetes write that to the EndpointSlices, but not every EndpointSlice is written by them.
 */
export function readEndpoints(
  {intent, slices, port, family, targetPortIn}: BackendContext,
  report: ReportDiagnostic,
): readonly PortEndpoint[] {
  const {endpoints, invalid} = endpointsOf(slices, port.port, family, targetPortIn)
  for (const address of [...invalid].sort())
    report('address-invalid', {field: port.field, args: {address, family}})
  if (!intent.service.publishNotReadyAddresses) return endpoints
  return endpoints.map((endpoint) => (endpoint.ready ? endpoint : {...endpoint, ready: true}))
}

/** The endpoints whose addresses may be servers. The others are reported. */
export function withoutRefused(
  endpoints: readonly PortEndpoint[],
  {port, addresses}: BackendContext,
  report: ReportDiagnostic,
): readonly PortEndpoint[] {
  const refused: {name: string; refusal: AddressRefusal}[] = []
  const kept = endpoints.filter(({address: name}) => {
    const refusal = whyRefused(name, addresses)
    if (refusal) refused.push({name, refusal})
    return !refusal
  })
  reportRefused('endpoint', refused, port, report)
  return kept
}

/** One diagnostic for each reason, whatever the number of addresses; `name` is shown to the user. */
export function reportRefused(
  noun: string,
  refused: readonly {readonly name: string; readonly refusal: AddressRefusal}[],
  {field}: PortIntent,
  report: ReportDiagnostic,
): void {
  const byRefusal = new Map<AddressRefusal, string[]>()
  for (const {name, refusal} of refused) {
    const names = byRefusal.get(refusal)
    if (names) names.push(name)
    else byRefusal.set(refusal, [name])
  }
  for (const [refusal, names] of byRefusal)
    report('address-refused', {field, args: {noun, names: names.sort(), refusal}})
}

/** True if the snapshot has no EndpointSlices of the Service and does not cover them, so that its endpoints are unknown. */
export function endpointsUnknown({slices, coverage}: BackendContext): boolean {
  return slices.length === 0 && !coverage.endpointSlices
}

/** Why the port has no usable endpoint; `endpoints` are all endpoints of the port. */
export function whyNoEndpoint(context: BackendContext, endpoints: readonly PortEndpoint[]): NoBackendReason {
  if (endpoints.length > 0) return notReady(endpoints.length, context)
  const slices = context.slices.filter((slice) => slice.endpoints.length > 0)
  if (slices.length === 0) return noEndpoints(context)
  return whyNoneBelongs(slices, context)
}

function notReady(count: number, {intent: {service}}: BackendContext): NoBackendReason {
  const why = count === 1 ? 'its only endpoint is not ready' : `none of its ${count} endpoints is ready`
  return {why, advice: `find out why its Pods are not ready: kubectl get pods -n ${service.ref.namespace}`}
}

function noEndpoints({intent: {service}}: BackendContext): NoBackendReason {
  const advice = service.hasSelector
    ? 'check that there are Pods that match spec.selector'
    : 'a Service without spec.selector needs manually created EndpointSlices'
  return {why: 'the Service has no endpoints', advice}
}

function whyNoneBelongs(
  slices: readonly EndpointSlice[],
  {port: {port}, family, targetPortIn}: BackendContext,
): NoBackendReason {
  const ofFamily = slices.filter((slice) => slice.addressType === family)
  const types = new Set(slices.map((slice) => slice.addressType))
  if (!types.has('IPv4') && !types.has('IPv6')) {
    const why = `its EndpointSlices have addressType ${[...types].sort().join(', ')}, which lbex does not support`
    return {why, advice: 'use EndpointSlices with addressType IPv4 or IPv6'}
  }
  if (ofFamily.length === 0) {
    const advice = `give its Pods ${family} addresses, or remove ${family} from spec.ipFamilies`
    return {why: `the Service has no ${family} endpoints`, advice}
  }
  if (ofFamily.some((slice) => targetPortIn(slice, port) !== undefined))
    return {why: `none of its endpoints has an ${family} address`}
  const named = port.name === '' ? 'without a name' : `named ${JSON.stringify(port.name)}`
  const advice = 'the port must have the same name in the EndpointSlice and in the Service'
  return {why: `no EndpointSlice of the Service has a ${port.protocol} port ${named}`, advice}
}

/**
 * `family` is given if the port has listeners of both families, `listenPorts` if it is not about all listen ports of the Service
 * port.
 */
export function reportNoBackend(
  port: PortIntent,
  family: IpFamily | undefined,
  noBackend: NoBackendReason,
  report: ReportDiagnostic,
  listenPorts = wholeRange(port),
): void {
  const listener = `listen port ${listenPorts}/${port.port.protocol}${family === undefined ? '' : ` for ${family}`}`
  const isShared = port.sharing !== undefined
  report('no-backend', {field: port.field, args: {listener, ...noBackend, ...(isShared && {isShared})}})
}
