/** What the three kinds of upstream have in common: the servers behind one Service port in one family. */
import type {Report} from '../../diagnostics/reporter.js'
import type {AddressRefusal} from '../../diagnostics/rules/upstream-rules.js'
import type {PortIntent, ServiceIntent} from '../intent/service-intent.js'
import type {EndpointSlice, IpFamily} from '../cluster/objects.js'
import type {Coverage} from '../cluster/snapshot.js'
import {whyRefused, type AddressPolicy} from './address-policy.js'
import {endpointsOf, type PortEndpoint, type TargetPortIn} from './endpoints.js'
import type {Absence} from './load-balancer.js'
import type {NodeViews} from './nodes.js'

/** Everything that decides about the backends of one Service port in one family. */
export type BackendQuestion = {
  readonly intent: ServiceIntent
  readonly port: PortIntent
  readonly family: IpFamily
  readonly slices: readonly EndpointSlice[]
  readonly nodes: NodeViews
  readonly coverage: Coverage
  readonly addresses: AddressPolicy
  readonly targetPortIn: TargetPortIn
}

export type Backend = {readonly address: string; readonly port: number; readonly weight: number}

export type Backends = {
  readonly servers: readonly Backend[]
  readonly absent: readonly Absence[]
  /** What only a cluster can tell; with anything in it, `servers` is one stand-in. */
  readonly unknown: readonly string[]
  /** Why there is no server, where there is none, and what to do about it. */
  readonly none?: Shortage
}

export type Shortage = {readonly why: string; readonly advice?: string}

/** Documentation addresses (RFC 5737, RFC 3849), which lead nowhere. */
const STAND_IN: Record<IpFamily, string> = {IPv4: '192.0.2.1', IPv6: '2001:db8::1'}

/** Shows what would be served, where the cluster alone knows by whom. */
export function standIn(family: IpFamily, port: number, unknown: readonly string[]): Backends {
  return {servers: [{address: STAND_IN[family], port, weight: 1}], absent: [], unknown}
}

/** The endpoints of the port; addresses that are none are reported. */
export function readEndpoints(
  {slices, port, family, targetPortIn}: BackendQuestion,
  report: Report,
): readonly PortEndpoint[] {
  const {endpoints, invalid} = endpointsOf(slices, port.port, family, targetPortIn)
  for (const address of [...invalid].sort())
    report('address-invalid', {field: port.field, args: {address, family}})
  return endpoints
}

/** The endpoints whose addresses may be servers; the others are reported. */
export function withoutRefused(
  endpoints: readonly PortEndpoint[],
  {port, addresses}: BackendQuestion,
  report: Report,
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

/** One finding for each reason, whatever the number of addresses; `name` is what the reader knows them by. */
export function reportRefused(
  noun: string,
  refused: readonly {readonly name: string; readonly refusal: AddressRefusal}[],
  {field}: PortIntent,
  report: Report,
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

/** True where nobody can know the endpoints: nothing was read about them, and not because there is nothing. */
export function endpointsUnknown({slices, coverage}: BackendQuestion): boolean {
  return slices.length === 0 && !coverage.endpointSlices
}

/** Why none of `endpoints`, which are all that the port has, can be used. */
export function whyNoEndpoint(question: BackendQuestion, endpoints: readonly PortEndpoint[]): Shortage {
  if (endpoints.length > 0) return notReady(endpoints.length, question)
  const slices = question.slices.filter((slice) => slice.endpoints.length > 0)
  if (slices.length === 0) return noEndpoints(question)
  return whyNoneBelongs(slices, question)
}

function notReady(count: number, {intent: {service}}: BackendQuestion): Shortage {
  const why = count === 1 ? 'its only endpoint is not ready' : `none of its ${count} endpoints is ready`
  return {why, advice: `find out why its Pods are not ready: kubectl get pods -n ${service.ref.namespace}`}
}

function noEndpoints({intent: {service}}: BackendQuestion): Shortage {
  const advice = service.hasSelector
    ? 'check that there are Pods that match spec.selector'
    : 'a Service without spec.selector needs manually created EndpointSlices'
  return {why: 'the Service has no endpoints', advice}
}

function whyNoneBelongs(
  slices: readonly EndpointSlice[],
  {port: {port}, family, targetPortIn}: BackendQuestion,
): Shortage {
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

/** `family`: if the port has listeners of both. */
export function reportNone(
  port: PortIntent,
  family: IpFamily | undefined,
  none: Shortage,
  report: Report,
): void {
  const listener = `listen port ${port.listenPort}/${port.port.protocol}${family === undefined ? '' : ` for ${family}`}`
  report('no-backend', {field: port.field, args: {listener, ...none}})
}
