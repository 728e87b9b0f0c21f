/**
 * Pools of addresses, from which Services of type LoadBalancer get an address of their own. Addresses are numbers here, so that the
 * lowest free one is found by counting, however large a range is.
 */
import ipaddr from 'ipaddr.js'
import {parseIp} from './ip-address.js'
import type {IpFamily} from './objects.js'

/** Addresses of one family, from `first` to `last`, both included. */
export type PoolRange = {
  readonly family: IpFamily
  readonly first: bigint
  readonly last: bigint
  /** As the operator wrote it. */
  readonly text: string
}

export type AddressPool = {
  readonly name: string
  /** At least one. No two ranges of all pools overlap. */
  readonly ranges: readonly PoolRange[]
}

export type AddressPools = {
  /** In the order of the flags: a Service that names no pool gets an address of the first. */
  readonly pools: readonly AddressPool[]
  /** The single addresses of `--listen-address`, in the form of parseIp: a Service may still select them. */
  readonly hostAddresses: ReadonlySet<string>
}

/** The pool of an `--address-pool` without a name. */
export const DEFAULT_POOL = 'default'

/** `192.0.2.0/24`, `192.0.2.10-192.0.2.20` or a single address, IPv4 or IPv6; undefined for anything else. */
export function parsePoolRange(text: string): PoolRange | undefined {
  const [from = '', to, more] = text.split('-')
  if (more !== undefined) return undefined
  if (to === undefined) return from.includes('/') ? networkRange(from) : betweenAddresses(from, from, text)
  return betweenAddresses(from, to, text)
}

function betweenAddresses(from: string, to: string, text: string): PoolRange | undefined {
  const [start, end] = [parseIp(from), parseIp(to)]
  if (!start || start.family !== end?.family) return undefined
  const [first, last] = [addressNumber(start.address), addressNumber(end.address)]
  return first <= last ? {family: start.family, first, last, text} : undefined
}

/** All addresses of the network, the first and the last one too: each is announced by itself, so there is no broadcast address. */
function networkRange(text: string): PoolRange | undefined {
  const [, address = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? []
  const ip = parseIp(address)
  const bits = ip?.family === 'IPv4' ? 32 : 128
  if (!ip || Number(length) > bits || (bits === 32 && address.includes(':'))) return undefined
  const size = 1n << BigInt(bits - Number(length))
  const first = (addressNumber(ip.address) / size) * size
  return {family: ip.family, first, last: first + size - 1n, text}
}

/** The number of an address in the form of parseIp. */
export function addressNumber(address: string): bigint {
  if (address.includes(':'))
    return ipaddr.IPv6.parse(address).parts.reduce((sum, part) => (sum << 16n) | BigInt(part), 0n)
  let number = 0
  for (const part of address.split('.')) number = number * 256 + Number(part)
  return BigInt(number)
}

/** The address with this number, in the form of parseIp. */
export function addressAt(family: IpFamily, number: bigint): string {
  if (family === 'IPv6') {
    const parts = Array.from({length: 8}, (_, index) =>
      Number((number >> BigInt(112 - 16 * index)) & 0xffffn),
    )
    return new ipaddr.IPv6(parts).toString()
  }
  const value = Number(number)
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`
}

/** True if `ranges` have the address with this number. */
export function isInRanges(ranges: readonly PoolRange[], family: IpFamily, number: bigint): boolean {
  return ranges.some((range) => range.family === family && number >= range.first && number <= range.last)
}

/** The first two ranges that have an address in common; undefined if there are none. */
export function findOverlap(
  ranges: readonly PoolRange[],
): readonly [first: PoolRange, second: PoolRange] | undefined {
  const sorted = [...ranges].sort(byFirstAddress)
  for (const [index, range] of sorted.entries()) {
    const next = sorted[index + 1]
    if (next?.family === range.family && next.first <= range.last) return [range, next]
  }
  return undefined
}

/** The special addresses that a range has, in CIDR notation; undefined if a Service could have each address of the range. */
export function specialAddressesIn({family, first, last}: PoolRange): string | undefined {
  return SPECIAL.find(
    (special) => special.family === family && special.first <= last && first <= special.last,
  )?.text
}

/** Of all hosts (wildcard, loopback), of one link, multicast, broadcast, and IPv4 addresses in the form of IPv6. */
const SPECIAL: readonly PoolRange[] = [
  ...[
    ...['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '255.255.255.255'],
    ...['::', '::1', 'fe80::/10', 'ff00::/8'],
  ].flatMap((text) => parsePoolRange(text) ?? []),
  {family: 'IPv6', first: 0xffff_0000_0000n, last: 0xffff_ffff_ffffn, text: '::ffff:0:0/96'},
]

/** IPv4 first, then by the first address. */
export function byFirstAddress(a: PoolRange, b: PoolRange): number {
  if (a.family !== b.family) return a.family < b.family ? -1 : 1
  return a.first < b.first ? -1 : a.first > b.first ? 1 : 0
}
