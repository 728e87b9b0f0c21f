/** The pools as an allocation needs them: which addresses they have, and which is the next free one. */
import {
  addressAt,
  byFirstAddress,
  isInRanges,
  type AddressPool,
  type PoolRange,
} from '../cluster/address-pool.js'
import type {IpFamily} from '../cluster/objects.js'

/** A pool with its ranges by family, sorted. */
export type SortedPool = {
  readonly name: string
  readonly ranges: Readonly<Record<IpFamily, readonly PoolRange[]>>
  /** The first addresses of each range, as far as they were needed: writing one as text takes longer than all other work for it. */
  readonly texts: Readonly<Record<IpFamily, readonly string[][]>>
}

export function sortPool({name, ranges}: AddressPool): SortedPool {
  const sorted = [...ranges].sort(byFirstAddress)
  const of = (family: IpFamily): PoolRange[] => sorted.filter((range) => range.family === family)
  const [IPv4, IPv6] = [of('IPv4'), of('IPv6')]
  return {name, ranges: {IPv4, IPv6}, texts: {IPv4: IPv4.map(() => []), IPv6: IPv6.map(() => [])}}
}

export function hasAddress({ranges}: SortedPool, family: IpFamily, number: bigint): boolean {
  return isInRanges(ranges[family], family, number)
}

/** `offset`: from the first address of the range. */
type Cursor = {range: number; offset: number}

/** No address becomes free during an allocation, so each one is examined once. */
export class FreeAddresses {
  private readonly cursors = new Map<SortedPool, Record<IpFamily, Cursor>>()

  constructor(private readonly isTaken: (address: string) => boolean) {}

  /** The lowest free address of the pool; undefined if all are taken. */
  next(pool: SortedPool, family: IpFamily): string | undefined {
    const cursor = this.cursorOf(pool, family)
    for (; cursor.range < pool.ranges[family].length; cursor.range += 1, cursor.offset = 0) {
      for (;;) {
        const address = textOf(pool, family, cursor)
        if (address === undefined) break
        if (!this.isTaken(address)) return address
        cursor.offset += 1
      }
    }
    return undefined
  }

  private cursorOf(pool: SortedPool, family: IpFamily): Cursor {
    const known = this.cursors.get(pool)
    if (known) return known[family]
    const cursors = {IPv4: {range: 0, offset: 0}, IPv6: {range: 0, offset: 0}}
    this.cursors.set(pool, cursors)
    return cursors[family]
  }
}

/** Undefined behind the last address of the range. */
function textOf(
  {ranges, texts}: SortedPool,
  family: IpFamily,
  {range: at, offset}: Cursor,
): string | undefined {
  const [range, known] = [ranges[family][at], texts[family][at]]
  const text = known?.[offset]
  if (text !== undefined || !range || !known) return text
  const number = range.first + BigInt(offset)
  if (number > range.last) return undefined
  return (known[offset] = addressAt(family, number))
}
