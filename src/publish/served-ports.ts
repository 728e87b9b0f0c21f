/** Determines which ports of a Service are served, and why the others are not. */
import type {IpFamily, Service, ServicePort} from '../core/cluster/objects.js'
import type {IngressPort} from '../core/cluster/written-state.js'
import {ANNOTATIONS} from '../core/intent/annotations.js'
import {parsePortSettingKey} from '../core/intent/setting-keys.js'
import type {ListenerRequest} from '../core/model/plan-service.js'
import type {TranslatedService} from '../core/translate/translator.js'
import type {Diagnostic, FieldPath} from '../diagnostics/diagnostic.js'
import {NOT_SERVED, portErrorOf} from './reasons.js'

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
}

/**
 * `diagnostics` are those of this Service. A Service keeps its listeners while none of its endpoints is ready: a restart of its
 * Pods must not remove its address. `isQuarantined`: NGINX serves none of its listeners.
 */
export function servedPorts(
  {intent, requested, allocated, available}: TranslatedService,
  diagnostics: readonly Diagnostic[],
  isQuarantined: boolean,
): ServedPorts {
  const {service} = intent
  const served = new Set(isQuarantined ? [] : available.filter(({upstream}) => upstream).map(indexOf))
  const fields = new Map(intent.ports.map(({index, field}) => [index, field]))
  const ports = service.ports.map((port, index) =>
    served.has(index)
      ? describe(port)
      : {...describe(port), error: errorOf(service, {port, index, field: fields.get(index)}, diagnostics)},
  )
  const {addresses} = intent
  const isSelecting = typeof addresses === 'object'
  const isUnknownHere = isSelecting && diagnostics.some(({code}) => code === 'listen-address-unknown')
  const lost = requested.length === allocated.length ? [] : lostAddresses(requested, allocated)
  return {
    service,
    ports,
    // Other hosts of the group may have the addresses that this one does not have.
    families: isUnknownHere ? service.ipFamilies : familiesOf(allocated),
    ...(isSelecting && {selected: addresses.entries}),
    ...(lost.length > 0 && {lost}),
  }
}

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

function describe({port, protocol}: ServicePort): {port: number; protocol: string} {
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

type PortPosition = {
  readonly port: ServicePort
  readonly index: number
  readonly field: FieldPath | undefined
}

/** An error about the port itself takes precedence over one about the whole Service. */
function errorOf(service: Service, position: PortPosition, diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({severity}) => severity === 'error')
  const found =
    errors.find(({field = []}) => isAbout(service, position, field)) ??
    errors.find(
      ({field = []}) =>
        !service.ports.some((port, index) => isAbout(service, {port, index, field: undefined}, field)),
    )
  return found ? portErrorOf(found.code) : NOT_SERVED
}

function isAbout({ports}: Service, {port, index, field}: PortPosition, found: FieldPath): boolean {
  if (field && isSameField(field, found)) return true
  const [first, second, third] = found
  if (first === 'spec') return second === 'ports' && third === index
  if (first !== 'metadata' || second !== 'annotations') return false
  if (third === `${ANNOTATIONS.port.key}${port.name}`) return true
  if (parsePortSettingKey(String(third))?.portName === port.name) return true
  return (
    ports.length === 1 && (third === `${ANNOTATIONS.port.key}unnamed` || third === ANNOTATIONS.portAlias.key)
  )
}

function isSameField(a: FieldPath, b: FieldPath): boolean {
  return a.length === b.length && a.every((part, at) => part === b[at])
}
