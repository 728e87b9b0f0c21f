/** The desired `status.loadBalancer` of a Service, compared with the actual one. Pure. */
import {isIP} from 'node:net'
import type {Service} from '../core/cluster/objects.js'
import type {Ingress, IngressPort, WrittenState} from '../core/cluster/written-state.js'
import type {IntentOptions} from '../core/intent/options.js'
import {isSelectedIgnoringDeletion} from '../core/intent/select.js'
import {isClassOf, isLoadBalancerOf, type ClassSelection} from '../core/intent/service-class.js'
import {keyOf} from './moment.js'
import type {AssignedAddresses, ServedPorts} from './served-ports.js'

/** For all ingress entries of a Service: each host repeats all ports, and the API server rejects objects above 1.5 MB. */
const MOST_PORTS = 1000

/**
 * True if lbex may write the status of the Service. If a Service has lbex's annotation but not its class, another controller
 * serves it too and writes the status.
 */
export function mayPublishTo(service: Service, selection: ClassSelection): boolean {
  return isLoadBalancerOf(service, selection) && service.refused !== true
}

/** The same for the latest state of the Service, which may be newer than its translation. */
export function mayPublishIn(
  {isLoadBalancer, loadBalancerClass, isDeleting}: WrittenState,
  selection: ClassSelection,
): boolean {
  return isLoadBalancer && isClassOf(loadBalancerClass, selection) && isDeleting !== true
}

/** The keys of Services that are being deleted and whose status this lbex wrote until then. */
export function deletedServices(services: readonly Service[], options: IntentOptions): ReadonlySet<string> {
  const deleted = services.filter(({deletionTimestamp}) => deletionTimestamp !== undefined)
  const served = deleted.filter(
    (service) => mayPublishTo(service, options) && isSelectedIgnoringDeletion(service, options),
  )
  return new Set(served.map(({ref}) => keyOf(ref)))
}

/**
 * The entries that clients can connect to; `addresses` are IP addresses and host names. Empty if the Service has no listener;
 * undefined if the addresses are not known, which keeps the published status.
 */
export function wantedIngress(
  {ports, families}: ServedPorts,
  addresses: readonly string[] | undefined,
  isFixed = false,
): readonly Ingress[] | undefined {
  if (families.length === 0) return []
  if (addresses === undefined) return undefined
  const suitable = addresses.filter((address) => {
    const family = isIP(address)
    return family === 0 || families.includes(family === 4 ? 'IPv4' : 'IPv6')
  })
  // An address of another family may belong to a NAT in front of the hosts (--publish-address).
  const published = suitable.length > 0 || !isFixed ? suitable : addresses
  return ingressOf([...new Set(published)], ports)
}

function ingressOf(addresses: readonly string[], ports: readonly IngressPort[]): readonly Ingress[] {
  const withPorts = addresses.length * ports.length <= MOST_PORTS
  return addresses.map((address) => ({
    ...(isIP(address) === 0 ? {hostname: address} : {ip: address, ipMode: 'Proxy'}),
    ...(withPorts && ports.length > 0 && {ports}),
  }))
}

/**
 * The entries of a Service with addresses of a pool. They stay while no port is served, because the status is what remembers them;
 * the ports say why. Undefined if this host does not decide.
 */
export function pooledIngress({
  ports,
  assigned,
}: Pick<ServedPorts, 'ports'> & {readonly assigned: AssignedAddresses}): readonly Ingress[] | undefined {
  return assigned.isPending ? undefined : ingressOf(assigned.addresses, ports)
}

/** Ignores the order of entries and ports, and treats an absent `ipMode` as its default, which the API server sets. */
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

/** True if only lbex can have written the ingress: all entries are addresses of this group with `ipMode: Proxy`. */
export function isOurIngress(
  {ingress, isCut}: WrittenState,
  addresses: {has: (address: string) => boolean},
): boolean {
  if (isCut || ingress.length === 0) return false
  return ingress.every(
    ({ip, hostname, ipMode}) =>
      addresses.has(ip ?? hostname ?? '') && (ip === undefined || ipMode === 'Proxy'),
  )
}

/** `203.0.113.7, lb.example.com`, for messages. */
export function describeIngress(ingress: readonly Ingress[]): string {
  return ingress.map(({ip, hostname}) => ip ?? hostname).join(', ')
}
