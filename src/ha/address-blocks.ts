/** The addresses of `--address`: one address, all addresses of a network, or those from one address to another. */
import ipaddr from 'ipaddr.js'
import {UsageError} from '../cli/usage-error.js'
import {addressAt, addressNumber} from '../core/cluster/address-pool.js'
import {formatRange, parseRange} from '../core/cluster/address-range.js'
import {parseIp, type IpAddress} from '../core/cluster/ip-address.js'

type Family = IpAddress['family']

/** Addresses that one route covers. */
export type AddressBlock = {
  readonly family: Family
  /** CIDR notation: `192.0.2.10/32` for a single address. */
  readonly prefix: string
  /** The number of addresses. */
  readonly size: bigint
}

const BITS: Readonly<Record<Family, number>> = {IPv4: 32, IPv6: 128}

/** Addresses that a range FIRST-LAST may have: each of them becomes a route. */
const LONGEST_RANGE = 1024n

/**
 * The blocks of `192.0.2.10`, `192.0.2.0/28` or `192.0.2.10-192.0.2.20`, each in its canonical form and once. Throws a UsageError
 * that names `flag`.
 */
export function parseBlocks(texts: readonly string[], flag: string): AddressBlock[] {
  const blocks = texts.flatMap((text) => parseBlock(text, flag))
  return [...new Map(blocks.map((block) => [block.prefix, block])).values()]
}

/**
 * The single addresses of the blocks in CIDR notation, `192.0.2.10/32`, each once. Throws a UsageError if there are more than `most`;
 * `advice` is its hint.
 */
export function eachAddress(blocks: readonly AddressBlock[], most: number, advice: string): AddressBlock[] {
  const count = blocks.reduce((sum, {size}) => sum + size, 0n)
  if (count > BigInt(most))
    throw new UsageError(`--address has ${count} addresses, at most ${most} are possible here`, advice)
  const all = blocks.flatMap((block) => addressesOf(block))
  return [...new Map(all.map((block) => [block.prefix, block])).values()]
}

function parseBlock(text: string, flag: string): AddressBlock[] {
  if (text.includes('-')) return blocksOfRange(text, flag)
  const range = parseRange(text)
  if (!range)
    throw new UsageError(
      `${flag} must be an IP address, a network such as 192.0.2.0/28, or a range such as 192.0.2.10-192.0.2.20; this is ${JSON.stringify(text)}`,
    )
  const [address, length] = range
  const family = address.kind() === 'ipv4' ? 'IPv4' : 'IPv6'
  const prefix = formatRange(range)
  if (text.includes('/') && prefix !== `${address.toString()}/${length}`)
    throw hasHostBits(text, prefix, flag)
  refuseUnusable(address, text, flag)
  return [{family, prefix, size: 1n << BigInt(BITS[family] - length)}]
}

function hasHostBits(text: string, prefix: string, flag: string): UsageError {
  const [address = ''] = text.split('/')
  return new UsageError(
    `${flag} ${text} is not a network: it has host bits`,
    `write ${address} for this one address, or ${prefix} for all addresses of the network`,
  )
}

function blocksOfRange(text: string, flag: string): AddressBlock[] {
  const [first, last, ...rest] = text.split('-').map((part) => parseIp(part))
  if (!first || !last || rest.length > 0 || first.family !== last.family)
    throw new UsageError(
      `${flag} must be a range of two addresses of one family, FIRST-LAST; this is ${JSON.stringify(text)}`,
    )
  const start = addressNumber(first.address)
  const count = addressNumber(last.address) - start + 1n
  if (count < 1n) throw new UsageError(`${flag} ${text}: the first address is greater than the last one`)
  if (count > LONGEST_RANGE)
    throw new UsageError(
      `${flag} ${text} has ${count} addresses: a range may have ${LONGEST_RANGE}`,
      'write it as networks, such as 192.0.2.0/20',
    )
  for (const {address} of [first, last]) refuseUnusable(ipaddr.parse(address), text, flag)
  return run(first.family, start, count)
}

function addressesOf({family, prefix, size}: AddressBlock): AddressBlock[] {
  const [address = ''] = prefix.split('/')
  return run(family, addressNumber(address), size)
}

/** So many single addresses from `start` on. */
function run(family: Family, start: bigint, count: bigint): AddressBlock[] {
  return Array.from({length: Number(count)}, (_, index) => ({
    family,
    prefix: `${addressAt(family, start + BigInt(index))}/${BITS[family]}`,
    size: 1n,
  }))
}

/** A virtual address must be one that a host can have, and another host can reach. */
function refuseUnusable(address: ipaddr.IPv4 | ipaddr.IPv6, text: string, flag: string): void {
  const kind = address.range()
  if (!UNUSABLE.has(kind)) return
  throw new UsageError(
    `${flag} ${text} cannot move between hosts: ${address.toString()} is a ${WORDS[kind] ?? kind} address`,
  )
}

const UNUSABLE: ReadonlySet<string> = new Set([
  'loopback',
  'linkLocal',
  'unspecified',
  'multicast',
  'broadcast',
])
const WORDS: Readonly<Record<string, string>> = {linkLocal: 'link-local', unspecified: 'wildcard'}
