/** Which addresses may be upstream servers: not those that lead back to this host, nor those that the operator denies. */
import type {AddressRefusal} from '../../diagnostics/rules/upstream-rules.js'
import {isInRange, specialRangeOf, type AddressRange, type SpecialRange} from '../cluster/address-range.js'

/** What is known of the addresses of this host. */
export type HostAddresses = {
  /** Addresses of this host to listen on, by family; the default is every address. */
  readonly listenAddresses: {readonly IPv4: readonly string[]; readonly IPv6: readonly string[]}
  /** Addresses that this host has; empty if the host is not asked. */
  readonly hostAddresses: ReadonlySet<string>
}

export type AddressPolicy = {
  /** Loopback, link-local, site-local and unspecified addresses may be servers: for a demo, or a test on one host. */
  readonly allowLocalEndpoints: boolean
  /** Ranges that no server may be in. */
  readonly deniedEndpoints: readonly AddressRange[]
}

const LOCAL: ReadonlySet<SpecialRange> = new Set(['loopback', 'link-local', 'site-local', 'unspecified'])

/** Why the address, as parseIp returns it, may not be a server; undefined if it may. */
export function whyRefused(address: string, policy: AddressPolicy): AddressRefusal | undefined {
  if (policy.deniedEndpoints.some((range) => isInRange(address, range))) return 'denied'
  const special = specialRangeOf(address)
  return special !== undefined && policy.allowLocalEndpoints && LOCAL.has(special) ? undefined : special
}

/** True for an address that a listener of this host may have. */
export function isHostAddress(address: string, {hostAddresses, listenAddresses}: HostAddresses): boolean {
  const {IPv4, IPv6} = listenAddresses
  const isListedOn = IPv4.includes(address) || IPv6.includes(address)
  return hostAddresses.has(address) || isListedOn || leadsHome(address)
}

/** Both lead to this host, whatever addresses it has. */
function leadsHome(address: string): boolean {
  const range = specialRangeOf(address)
  return range === 'loopback' || range === 'unspecified'
}
