/** Which addresses may be upstream servers: not those that lead back to this host, nor those that the operator denies. */
import type {AddressRefusal} from '../diagnostics/rules/upstream-rules.js'
import {isInRange, specialRangeOf, type AddressRange, type SpecialRange} from '../snapshot/address-range.js'

export type AddressPolicy = {
  /** Loopback, link-local and unspecified addresses may be servers: for a demo, or a test on one host. */
  readonly allowLocalEndpoints: boolean
  /** Ranges that no server may be in. */
  readonly deniedEndpoints: readonly AddressRange[]
}

const LOCAL: ReadonlySet<SpecialRange> = new Set(['loopback', 'link-local', 'unspecified'])

/** Why the address, as parseIp returns it, may not be a server; undefined if it may. */
export function whyRefused(address: string, policy: AddressPolicy): AddressRefusal | undefined {
  if (policy.deniedEndpoints.some((range) => isInRange(address, range))) return 'denied'
  const special = specialRangeOf(address)
  return special !== undefined && policy.allowLocalEndpoints && LOCAL.has(special) ? undefined : special
}
