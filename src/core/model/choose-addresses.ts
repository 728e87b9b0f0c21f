/** Chooses the addresses that the listeners of a Service get on this host. */
import type {FieldPath} from '../../diagnostics/diagnostic.js'
import {nearest} from '../../diagnostics/nearest.js'
import type {ReportDiagnostic} from '../../diagnostics/reporter.js'
import {parseIp} from '../cluster/ip-address.js'
import {reportAssignment, type Assignment} from '../addresses/assignment.js'
import {OVERRULED, type AddressRequest, type RequestedAddresses} from '../intent/listen-addresses.js'
import type {ServiceIntent} from '../intent/service-intent.js'
import type {HostAddresses} from './address-policy.js'
import {isWildcard} from './listener-key.js'
import type {ModelOptions} from './options.js'

type ListenAddresses = HostAddresses['listenAddresses']

export type ChosenAddresses = ListenAddresses & {
  /** The field that selects the addresses; absent if the Service gets all of the host. */
  readonly field?: FieldPath
  /** The name of the pool that has the addresses; absent if they are those of the host. */
  readonly pool?: string
  /** False if some addresses are known only to the host, and this is not one (`lbex check`). */
  readonly isComplete: boolean
}

type AddressOptions = Pick<ModelOptions, 'listenAddresses' | 'addressNames'>

/** The addresses of its pool if the Service gets them from one, else those of the host. Reports why it has none. */
export function addressesFor(
  {pool, addresses}: Pick<ServiceIntent, 'pool' | 'addresses'>,
  assignment: Assignment | undefined,
  options: AddressOptions,
  report: ReportDiagnostic,
): ChosenAddresses | undefined {
  if (pool === 'none') return chooseAddresses(addresses, options, report)
  if (pool === 'invalid' || addresses === 'invalid') return undefined
  if (pool === 'unknown' || !assignment) return {IPv4: [], IPv6: [], isComplete: false}
  reportAssignment(assignment, report)
  const {IPv4, IPv6} = assignment.addresses
  return {IPv4, IPv6, pool: assignment.pool, isComplete: assignment.problems.length === 0}
}

/**
 * Undefined, with a diagnostic, if the host does not have a requested address: then no port of the Service may be exposed.
 *
 *  the Service requests | on a host with --listen-address           | on a host that listens on all addresses
 *  nothing              | all these addresses                       | the wildcard
 *  an address           | the address if it is one of them          | the address
 *  a name               | the addresses that have the name          | the addresses that have the name
 *
 * Whether an interface of the host has the address now is not examined: addresses may move between hosts, and the data plane
 * leaves out a listener while it cannot bind it (`port-held`).
 */
export function chooseAddresses(
  requested: RequestedAddresses,
  options: AddressOptions,
  report: ReportDiagnostic,
): ChosenAddresses | undefined {
  if (requested === 'all') return {...options.listenAddresses, isComplete: true}
  if (requested === 'invalid') return undefined
  const {field, entries, overruled} = requested
  const known = knownAddresses(options)
  const found = entries.map((entry) => addressesOf(entry, known, options))
  const unknown = entries.filter((_, index) => found[index] === undefined)
  if (unknown.length > 0) {
    report('listen-address-unknown', {field, args: () => ({values: unknown, ...choices(unknown, options)})})
    return undefined
  }
  const chosen = byFamily(found.flatMap((addresses) => addresses ?? []))
  const isComplete = options.addressNames !== 'unknown' || entries.every(isAddress)
  if (overruled && isComplete) reportOverruled(chosen, overruled, options, report)
  return {...chosen, field, isComplete}
}

/** The addresses by family, each once. A wildcard takes the port on all addresses of its family, so it replaces them. */
export function byFamily(addresses: readonly string[]): ListenAddresses {
  const unique = [...new Set(addresses)]
  return {
    IPv4: withoutCovered(unique.filter((address) => !address.includes(':'))),
    IPv6: withoutCovered(unique.filter((address) => address.includes(':'))),
  }
}

function withoutCovered(addresses: readonly string[]): readonly string[] {
  const wildcard = addresses.find(isWildcard)
  return wildcard === undefined ? addresses : [wildcard]
}

/** The addresses of the host by their canonical form. */
function knownAddresses({listenAddresses, addressNames}: AddressOptions): ReadonlyMap<string, string> {
  const named = addressNames === 'unknown' ? [] : Object.values(addressNames).flat()
  const all = [...listenAddresses.IPv4, ...listenAddresses.IPv6, ...named]
  return new Map(all.map((address) => [parseIp(address)?.address ?? address, address]))
}

/** Undefined if the host does not have the address or name; empty if the names are not known. */
function addressesOf(
  entry: AddressRequest['entries'][number],
  known: ReadonlyMap<string, string>,
  {addressNames}: AddressOptions,
): readonly string[] | undefined {
  if (!isAddress(entry)) {
    if (addressNames === 'unknown') return []
    return Object.hasOwn(addressNames, entry) ? addressNames[entry] : undefined
  }
  const own = known.get(entry)
  if (own !== undefined) return [own]
  return known.has(entry.includes(':') ? '::' : '0.0.0.0') ? [entry] : undefined
}

function isAddress(entry: string): boolean {
  return parseIp(entry) !== undefined
}

/** What the author can write instead: the names with their addresses, and the addresses without a name. */
function choices(
  unknown: readonly string[],
  {listenAddresses, addressNames}: AddressOptions,
): {choices: readonly string[]; nearest?: string | undefined} {
  const names = addressNames === 'unknown' ? [] : Object.entries(addressNames)
  const named = new Set(names.flatMap(([, addresses]) => addresses))
  const others = [...listenAddresses.IPv4, ...listenAddresses.IPv6].filter(
    (address) => !named.has(address) && !isWildcard(address),
  )
  const [first = ''] = unknown
  return {
    choices: [...names.map(([name, addresses]) => `${name} (${addresses.join(', ')})`), ...others],
    nearest: nearest(
      first,
      names.map(([name]) => name),
    ),
  }
}

function reportOverruled(
  chosen: ListenAddresses,
  overruled: readonly string[],
  options: AddressOptions,
  report: ReportDiagnostic,
): void {
  const known = knownAddresses(options)
  const others = byFamily(overruled.flatMap((entry) => addressesOf(entry, known, options) ?? [entry]))
  if (listOf(others) !== listOf(chosen))
    report('field-ignored', {field: ['spec', 'loadBalancerIP'], args: OVERRULED})
}

function listOf({IPv4, IPv6}: ListenAddresses): string {
  return [...IPv4, ...IPv6].sort().join()
}
