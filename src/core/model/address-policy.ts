/** Which addresses may be upstream servers: not those that refer to this host, nor those that the operator denies. */
import type {AddressRefusal} from '../../diagnostics/rules/upstream-rules.js'
import {isInRange, specialRangeOf, type AddressRange, type SpecialRange} from '../cluster/address-range.js'

/** What is known of the addresses of this host. */
export type HostAddresses = {
  /** The addresses to listen on, by family; all addresses by default. */
  readonly listenAddresses: {readonly IPv4: readonly string[]; readonly IPv6: readonly string[]}
  /** The addresses that this host has; empty if they were not read. */
  readonly hostAddresses: ReadonlySet<string>
}

export type AddressPolicy = {
  /** Allow loopback, link-local, site-local and unspecified addresses as servers, for a demo or a test on one host. */
  readonly allowLocalEndpoints: boolean
  /** No server may be in one of these ranges. */
  readonly deniedEndpoints: readonly AddressRange[]
}

const LOCAL: ReadonlySet<SpecialRange> = new Set(['loopback', 'link-local', 'site-local', 'unspecified'])

/** Why the address, in the form of parseIp, may not be a server; undefined if it may. */
export function whyRefused(address: string, policy: AddressPolicy): AddressRefusal | undefined {
  if (policy.deniedEndpoints.some((range) => isInRange(address, range))) return 'denied'
  const special = specialRangeOf(address)
  return special !== undefined && policy.allowLocalEndpoints && LOCAL.has(special) ? undefined : special
}

/** True if a listener on this host could have the address. */
export function isHostAddress(address: string, {hostAddresses, listenAddresses}: HostAddresses): boolean {
  const {IPv4, IPv6} = listenAddresses
  const isListedOn = IPv4.includes(address) || IPv6.includes(address)
  return hostAddresses.has(address) || isListedOn || alwaysRefersToHost(address)
}

/** A loopback or unspecified address refers to this host, whatever addresses it has. */
function alwaysRefersToHost(address: string): boolean {
  const range = specialRangeOf(address)
  return range === 'loopback' || range === 'unspecified'
}
