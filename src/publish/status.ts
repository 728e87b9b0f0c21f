/** The `status.loadBalancer` that a Service should have, and whether it has it. Pure. */
import {isIP} from 'node:net'
import type {Service} from '../core/cluster/objects.js'
import type {Ingress, IngressPort, WrittenState} from '../core/cluster/written-state.js'
import {isClassOf, isLoadBalancerOf, type ClassSelection} from '../core/intent/service-class.js'
import type {ServedPorts} from './served-ports.js'

/** All ingress entries of a Service together: each host repeats all ports, and the API server refuses objects of 1.5 MB. */
const MOST_PORTS = 1000

/**
 * True if the status of the Service is ours to write. A Service that has our annotation, but not our class, is served by another
 * controller too, whose status it has.
 */
export function mayPublishTo(service: Service, selection: ClassSelection): boolean {
  return isLoadBalancerOf(service, selection) && service.refused !== true
}

/** The same of what is known of the Service since it was translated. */
export function mayPublishIn(
  {isLoadBalancer, loadBalancerClass, isDeleting}: WrittenState,
  selection: ClassSelection,
): boolean {
  return isLoadBalancer && isClassOf(loadBalancerClass, selection) && isDeleting !== true
}

/**
 * What clients can connect to: `addresses` are IP addresses and host names. Empty if the Service has no listener; undefined if
 * there is no address, so that what was published stays.
 */
export function wantedIngress(
  {ports, families}: ServedPorts,
  addresses: readonly string[],
): readonly Ingress[] | undefined {
  if (families.length === 0) return []
  if (addresses.length === 0) return undefined
  const suitable = addresses.filter((address) => {
    const family = isIP(address)
    return family === 0 || families.includes(family === 4 ? 'IPv4' : 'IPv6')
  })
  // An operator may publish an address that something else translates to another family.
  const published = suitable.length > 0 ? suitable : addresses
  const withPorts = published.length * ports.length <= MOST_PORTS
  return [...new Set(published)].map((address) => ({
    ...(isIP(address) === 0 ? {hostname: address} : {ip: address, ipMode: 'Proxy'}),
    ...(withPorts && ports.length > 0 && {ports}),
  }))
}

/** The order of entries and of ports means nothing, and neither does an absent `ipMode`, which the API server fills in. */
export function isSameIngress(wanted: readonly Ingress[], {ingress, isCut}: WrittenState): boolean {
  if (isCut || wanted.length !== ingress.length) return false
  const [a, b] = [wanted, ingress].map((entries) => entries.map(canonicalEntry).sort())
  return a?.join('\n') === b?.join('\n')
}

function canonicalEntry({ip, hostname, ipMode, ports = []}: Ingress): string {
  const mode = ip ? (ipMode ?? 'VIP') : undefined
  return JSON.stringify([ip || undefined, hostname || undefined, mode, ports.map(canonicalPort).sort()])
}

function canonicalPort({port, protocol, error}: IngressPort): string {
  return JSON.stringify([port, protocol, error || undefined])
}

/** True if nothing but lbex can have written it: it names our addresses as those of a proxy. */
export function isOurIngress({ingress, isCut}: WrittenState, addresses: readonly string[]): boolean {
  if (isCut || ingress.length === 0) return false
  return ingress.every(
    ({ip, hostname, ipMode}) =>
      addresses.includes(ip ?? hostname ?? '') && (ip === undefined || ipMode === 'Proxy'),
  )
}

/** `203.0.113.7, lb.example.com`, for people. */
export function describeIngress(ingress: readonly Ingress[]): string {
  return ingress.map(({ip, hostname}) => ip ?? hostname).join(', ')
}
