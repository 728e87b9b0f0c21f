/** What a Service had before: by its status, or by a choice of this lbex that is not in the status yet. */
import {addressNumber} from '../cluster/address-pool.js'
import type {IpFamily} from '../cluster/objects.js'
import type {AllocationState} from './allocation-state.js'
import {hasAddress, type SortedPool} from './open-pools.js'
import type {Wish} from './wish.js'

/**
 * `kept`: an address that the Service keeps; `isWritten`: by its status, not only by a choice of this lbex. `lost`: addresses that are in no pool any more. `none`: it needs an address, because it
 * has none, states another one, or names another pool.
 */
export type Remembered =
  | {readonly kind: 'kept'; readonly address: string; readonly isWritten: boolean}
  | {readonly kind: 'lost'; readonly addresses: readonly string[]}
  | {readonly kind: 'none'}

const NOTHING: Remembered = {kind: 'none'}

/**
 * A host that does not allocate follows the status, also while the Service already states something else: the leader will decide.
 * A status with an address of a host was written before there were pools.
 */
export function rememberedOf(
  wish: Wish,
  family: IpFamily,
  status: readonly string[],
  pools: readonly SortedPool[],
  {allocates, chosen, hosts}: AllocationState,
): Remembered {
  const inStatus = ofFamily(status, family)
  const possible = wish.isNamed && allocates ? [wish.pool] : pools
  const has = (address: string): boolean => isIn(address, family, possible)
  const written = inStatus.find(has)
  const address = written ?? ofFamily(chosen.get(wish.key), family).find(has)
  const stated = wish.stated[family]
  if (address !== undefined) {
    const isWanted = !allocates || stated === undefined || stated === address
    return isWanted ? {kind: 'kept', address, isWritten: written !== undefined} : NOTHING
  }
  if (stated !== undefined || !hosts || inStatus.some((each) => hosts.has(each))) return NOTHING
  const lost = inStatus.filter((each) => !isIn(each, family, pools))
  return lost.length > 0 ? {kind: 'lost', addresses: lost} : NOTHING
}

function ofFamily(addresses: readonly string[] = [], family: IpFamily): readonly string[] {
  if (addresses.length === 0) return addresses
  return addresses.filter((address) => address.includes(':') === (family === 'IPv6'))
}

function isIn(address: string, family: IpFamily, pools: readonly SortedPool[]): boolean {
  const number = addressNumber(address)
  return pools.some((pool) => hasAddress(pool, family, number))
}
