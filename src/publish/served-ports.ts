/** Determines which ports of a Service are served, and why the others are not. */
import {publishedAddressesOf, type Assignment} from '../core/addresses/assignment.js'
import type {IpFamily, Service} from '../core/cluster/objects.js'
import type {IngressPort} from '../core/cluster/written-state.js'
import {ANNOTATIONS} from '../core/intent/annotations.js'
import {parsePortSettingKey} from '../core/intent/setting-keys.js'
import type {ServiceIntent} from '../core/intent/service-intent.js'
import type {ListenerRequest} from '../core/model/plan-service.js'
import type {TranslatedService} from '../core/translate/translator.js'
import type {Diagnostic, FieldPath} from '../diagnostics/diagnostic.js'
import {NOT_SERVED, portErrorOf} from './reasons.js'

/** The addresses that a Service has from a pool: the same on all hosts. */
export type AssignedAddresses = {
  readonly addresses: readonly string[]
  /** What the status had when they were decided. */
  readonly basis: readonly string[]
  /** True if this host does not decide, so that it must not change the status. */
  readonly isPending: boolean
}

/** The ports of a Service that selects lbex. */
export type ServedPorts = {
  readonly service: Service
  /** One for each port of the Service, in the same order. */
  readonly ports: readonly IngressPort[]
  /** The families of its listeners; empty if it has none. */
  readonly families: readonly IpFamily[]
  /** The addresses and names that the Service selects; absent if it selects none. */
  readonly selected?: readonly string[]
  /** Addresses of this host where other Services have all the ports that this one requests; absent if there are none. */
  readonly lost?: readonly string[]
  /** Absent if the Service gets no address of a pool. */
  readonly assigned?: AssignedAddresses
  /** True if this host does not have all of `selected`, so that only other hosts can serve the Service. */
  readonly isUnknownHere?: boolean
}

/**
 * `diagnostics` are those of this Service. A Service keeps its listeners while none of its endpoints is ready: a restart of its
 * Pods must not remove its address. `isQuarantined`: NGINX serves none of its listeners.
 */
export function servedPorts(
  {intent, assignment, requested, allocated, available}: TranslatedService,
  diagnostics: readonly Diagnostic[],
  isQuarantined: boolean,
): ServedPorts {
  const {service} = intent
  const served = new Set(isQuarantined ? [] : available.filter(({upstream}) => upstream).map(indexOf))
  const errorAt = errorsByPort(intent, diagnostics)
  const ports = service.ports.map((port, index) =>
    served.has(index) ? describe(port) : {...describe(port), error: errorAt(index)},
  )
  const {addresses} = intent
  const isSelecting = typeof addresses === 'object' && !assignment
  const isUnknownHere = isSelecting && diagnostics.some(({code}) => code === 'listen-address-unknown')
  const lost = requested.length === allocated.length ? [] : lostAddresses(requested, allocated)
  return {
    service,
    ports,
    // Other hosts of the group may have the addresses that this one does not have.
    families: isUnknownHere ? service.ipFamilies : familiesOf(allocated),
    ...(isSelecting && {selected: addresses.entries}),
    ...(lost.length > 0 && {lost}),
    ...(assignment && {assigned: assignedAddresses(assignment)}),
    ...(isUnknownHere && {isUnknownHere}),
  }
}

function assignedAddresses(assignment: Assignment): AssignedAddresses {
  return {
    addresses: publishedAddressesOf(assignment),
    basis: assignment.basis,
    isPending: assignment.problems.some(({code}) => code === 'address-pending'),
  }
}

/** The same for the group, if other hosts have the addresses that this one does not have: for them, that is no error. */
export function servedElsewhere(served: ServedPorts): ServedPorts {
  return {...served, ports: served.ports.map((port) => (port.error === UNKNOWN_HERE ? describe(port) : port))}
}

const UNKNOWN_HERE = portErrorOf('listen-address-unknown')

function lostAddresses(
  requested: readonly ListenerRequest[],
  allocated: readonly ListenerRequest[],
): readonly string[] {
  const kept = new Set(allocated.map(({key}) => key.address))
  return [...new Set(requested.map(({key}) => key.address))].filter((address) => !kept.has(address))
}

function indexOf({port}: ListenerRequest): number {
  return port.index
}

function describe({port, protocol}: IngressPort): IngressPort {
  return {port, protocol}
}

function familiesOf(allocated: readonly ListenerRequest[]): readonly IpFamily[] {
  const addresses = allocated.map(({key}) => key.address)
  const isIpv6 = (address: string): boolean => address.includes(':')
  return [
    ...(addresses.some((address) => !isIpv6(address)) ? (['IPv4'] as const) : []),
    ...(addresses.some(isIpv6) ? (['IPv6'] as const) : []),
  ]
}

/**
 * Returns the error of a port: the first error about the port itself, otherwise the first about no single port. One pass over the
 * errors, because a Service may have thousands of ports.
 */
function errorsByPort(
  intent: Pick<ServiceIntent, 'service' | 'ports'>,
  diagnostics: readonly Diagnostic[],
): (index: number) => string {
  const portsOf = fieldIndex(intent)
  const own = new Map<number, string>()
  let general = NOT_SERVED
  for (const {severity, field = [], code} of diagnostics) {
    if (severity !== 'error') continue
    const indexes = portsOf(field)
    if (indexes.length === 0 && general === NOT_SERVED) general = portErrorOf(code)
    for (const index of indexes) if (!own.has(index)) own.set(index, portErrorOf(code))
  }
  return (index) => own.get(index) ?? general
}

/** Returns the indexes of the ports that a field is about. */
function fieldIndex({
  service: {ports},
  ports: exposed,
}: Pick<ServiceIntent, 'service' | 'ports'>): (field: FieldPath) => readonly number[] {
  const byField = new Map(exposed.map(({index, field}) => [JSON.stringify(field), index]))
  const byName = new Map(ports.map(({name}, index) => [name, index]))
  return (field) => {
    const [first, second, third] = field
    const exact = byField.get(JSON.stringify(field))
    if (exact !== undefined) return [exact]
    if (first === 'spec') return second === 'ports' && typeof third === 'number' ? [third] : []
    if (first !== 'metadata' || second !== 'annotations') return []
    const index = byName.get(portNameIn(String(third)) ?? '\0')
    if (index !== undefined) return [index]
    return ports.length === 1 && ONLY_PORT.has(String(third)) ? [0] : []
  }
}

/** Annotations for the port of a Service with one port. */
const ONLY_PORT: ReadonlySet<string> = new Set([`${ANNOTATIONS.port.key}unnamed`, ANNOTATIONS.portAlias.key])

/** The name of the port in the key of an annotation; undefined if it is for the whole Service. */
function portNameIn(key: string): string | undefined {
  const {key: prefix} = ANNOTATIONS.port
  return key.startsWith(prefix) ? key.slice(prefix.length) : parsePortSettingKey(key)?.portName
}
