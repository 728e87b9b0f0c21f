/** Which ports of a Service are served, and why the others are not. */
import type {IpFamily, Service, ServicePort} from '../core/cluster/objects.js'
import type {IngressPort} from '../core/cluster/written-state.js'
import {ANNOTATIONS} from '../core/intent/annotations.js'
import type {ListenerRequest} from '../core/model/plan-service.js'
import type {TranslatedService} from '../core/translate/translator.js'
import type {Diagnostic, FieldPath} from '../diagnostics/diagnostic.js'
import {NOT_SERVED, portErrorOf} from './reasons.js'

/** What lbex serves of a Service that asks for it. */
export type ServedPorts = {
  readonly service: Service
  /** One for each port of the Service, in its order. */
  readonly ports: readonly IngressPort[]
  /** The families that it has a listener of; none if it has no listener. */
  readonly families: readonly IpFamily[]
}

/**
 * `diagnostics` are those of this Service. A Service keeps its listeners while none of its endpoints is ready: its address must
 * not go because Pods restart. `isLeftOut`: NGINX serves none of its listeners.
 */
export function servedPorts(
  {intent, allocated, available}: TranslatedService,
  diagnostics: readonly Diagnostic[],
  isLeftOut: boolean,
): ServedPorts {
  const {service} = intent
  const served = new Set(isLeftOut ? [] : available.filter(({upstream}) => upstream).map(indexOf))
  const fields = new Map(intent.ports.map(({index, field}) => [index, field]))
  const ports = service.ports.map((port, index) =>
    served.has(index)
      ? describe(port)
      : {...describe(port), error: whyNot(service, {port, index, field: fields.get(index)}, diagnostics)},
  )
  return {service, ports, families: familiesOf(allocated)}
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

type Place = {readonly port: ServicePort; readonly index: number; readonly field: FieldPath | undefined}

/** The error about the port itself comes before one about the whole Service. */
function whyNot(service: Service, place: Place, diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({severity}) => severity === 'error')
  const found =
    errors.find(({field = []}) => isAbout(service, place, field)) ??
    errors.find(
      ({field = []}) =>
        !service.ports.some((port, index) => isAbout(service, {port, index, field: undefined}, field)),
    )
  return found ? portErrorOf(found.code) : NOT_SERVED
}

function isAbout({ports}: Service, {port, index, field}: Place, found: FieldPath): boolean {
  if (field && isSameField(field, found)) return true
  const [first, second, third] = found
  if (first === 'spec') return second === 'ports' && third === index
  if (first !== 'metadata' || second !== 'annotations') return false
  if (third === `${ANNOTATIONS.port.key}${port.name}`) return true
  return (
    ports.length === 1 && (third === `${ANNOTATIONS.port.key}unnamed` || third === ANNOTATIONS.portAlias.key)
  )
}

function isSameField(a: FieldPath, b: FieldPath): boolean {
  return a.length === b.length && a.every((part, at) => part === b[at])
}
