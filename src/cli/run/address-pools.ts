/** The pools of --address-pool. */
import {
  addressNumber,
  DEFAULT_POOL,
  findOverlap,
  isInRanges,
  parsePoolRange,
  specialAddressesIn,
  type AddressPools,
  type PoolRange,
} from '../../core/cluster/address-pool.js'
import {parseIp} from '../../core/cluster/ip-address.js'
import {isWildcard} from '../../core/model/listener-key.js'
import type {ServingFlags} from '../flags/serving.js'
import {UsageError} from '../usage-error.js'

export type PoolFlags = Partial<Pick<ServingFlags, 'address-pool' | 'listen-address'>>

/** Ranges with the same name are one pool. Throws a UsageError if one has no address. */
export function addressPools({
  'address-pool': given = [],
  'listen-address': own = [],
}: PoolFlags): AddressPools {
  const ranges = new Map<string, PoolRange[]>()
  for (const {name = DEFAULT_POOL, range} of given)
    ranges.set(name, [...(ranges.get(name) ?? []), rangeOf(range)])
  const single = own.map(({address}) => address).filter((address) => !isWildcard(address))
  return {
    pools: [...ranges].map(([name, of]) => ({name, ranges: of})),
    hostAddresses: new Set(single.flatMap((address) => parseIp(address)?.address ?? [])),
  }
}

function rangeOf(text: string): PoolRange {
  const range = parsePoolRange(text)
  if (range) return range
  throw new UsageError(
    `--address-pool ${text} has no address`,
    'write the lower address first; IPv4 addresses in the form 192.0.2.1',
  )
}

/** Throws a UsageError if no Service can have an address, or if it would be in two ranges, or of a pool and of the host. */
export function refuseOverlaps(flags: PoolFlags): void {
  const {pools, hostAddresses} = addressPools(flags)
  const ranges = pools.flatMap((pool) => pool.ranges)
  for (const range of ranges) refuseSpecial(range)
  const overlap = findOverlap(ranges)
  if (overlap)
    throw new UsageError(
      `--address-pool ${overlap[0].text} and ${overlap[1].text} have addresses in common`,
      'give each address to one range',
    )
  const shared = [...hostAddresses].find((address) =>
    isInRanges(ranges, address.includes(':') ? 'IPv6' : 'IPv4', addressNumber(address)),
  )
  if (shared !== undefined)
    throw new UsageError(
      `--listen-address ${shared} is in an --address-pool`,
      'a pool has addresses that each belong to one Service: remove the address from one of the two flags',
    )
}

function refuseSpecial(range: PoolRange): void {
  const special = specialAddressesIn(range)
  if (special !== undefined)
    throw new UsageError(
      `--address-pool ${range.text} has addresses that a Service cannot have: ${special}`,
      'leave them out, for example with a range FIRST-LAST',
    )
}
