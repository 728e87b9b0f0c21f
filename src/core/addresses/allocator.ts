/** Allocates the addresses of all Services, and caches the result while its inputs stay the same. */
import type {StatusAddresses} from '../cluster/written-state.js'
import type {PoolOptions} from '../intent/pool-request.js'
import type {ServiceIntent} from '../intent/service-intent.js'
import {allocateAddresses} from './allocate-addresses.js'
import {ALLOCATE_ALL, type AllocationState} from './allocation-state.js'
import type {Assignment} from './assignment.js'
import {findForeignHolders, type AllServices} from './foreign-holders.js'
import {byAge, Member} from './member.js'
import {sortPool} from './open-pools.js'
import {makeClosedWish, makeWish} from './wish.js'

/** For each intent, in the same order: its addresses; undefined if it requests none of a pool, and keeps none. */
export type Assignments = readonly (Assignment | undefined)[]

/**
 * An assignment that is equal to the last one of the same intent is the same object. Pass the same intents while they stay the same,
 * and undefined for a Service that gets none. `all` has the Services of the intents, in the same order: those that get no address of
 * a pool may have one of another load balancer.
 */
export type AssignAddresses = (
  intents: readonly (ServiceIntent | undefined)[],
  status?: StatusAddresses,
  state?: AllocationState,
  all?: AllServices,
) => Assignments

export type AllocatorOptions = Pick<PoolOptions, 'addressPools'> & {
  /** The listen ports beyond are not exposed. */
  readonly maxListenersPerService: number
}

export function createAddressAllocator({
  addressPools,
  maxListenersPerService,
}: AllocatorOptions): AssignAddresses {
  if (addressPools === 'unknown' || addressPools.pools.length === 0) return () => NO_ASSIGNMENTS
  const pools = addressPools.pools.map(sortPool)
  const members = new Members((intent) => {
    const {pool} = intent
    if (pool === 'invalid') return new Member(makeClosedWish(intent, pools))
    if (typeof pool === 'string') return undefined
    return new Member(makeWish(intent, pool, pools, maxListenersPerService))
  })
  let inputs: readonly unknown[] = []
  let latest: Assignments = []
  return (intents, status = NO_STATUS, state = ALLOCATE_ALL, all = {services: []}) => {
    const hasChanged = members.update(intents)
    // Other Services come and go with their addresses, so their list is not compared.
    const current = [status, state, all.otherAddresses]
    if (!hasChanged && current.every((each, index) => each === inputs[index])) return latest
    inputs = current
    const foreign = findForeignHolders(all, status, (index) => members.inOrder[index] !== undefined)
    allocateAddresses(members.byAge, {pools, status, state, foreign})
    return (latest = members.inOrder.map((member) => member?.assignment))
  }
}

const NO_ASSIGNMENTS: Assignments = []
const NO_STATUS: StatusAddresses = new Map()

/** The members of the latest intents. Comparing two lists by position is much cheaper than a lookup of each intent. */
class Members {
  inOrder: readonly (Member | undefined)[] = []
  byAge: readonly Member[] = []
  private intents: readonly (ServiceIntent | undefined)[] = []
  private round = 0
  private readonly known = new WeakMap<ServiceIntent, Member>()

  constructor(private readonly make: (intent: ServiceIntent) => Member | undefined) {}

  /** False if the intents are the same as before. */
  update(intents: readonly (ServiceIntent | undefined)[]): boolean {
    const {intents: before, inOrder} = this
    if (intents.length === before.length && intents.every((intent, index) => intent === before[index]))
      return false
    this.intents = intents
    this.inOrder = intents.map((intent, index) =>
      intent === before[index] ? inOrder[index] : this.memberOf(intent),
    )
    this.sort()
    return true
  }

  private memberOf(intent: ServiceIntent | undefined): Member | undefined {
    if (!intent) return undefined
    const known = this.known.get(intent)
    if (known) return known
    const member = this.make(intent)
    if (member) this.known.set(intent, member)
    return member
  }

  /** Sorting a list that is almost sorted takes linear time: the others keep their places, and new ones come at the end. */
  private sort(): void {
    const round = (this.round += 1)
    const current = this.inOrder.filter((member) => member !== undefined)
    const added = current.filter((member) => member.round !== round - 1)
    for (const member of current) member.round = round
    this.byAge = [...this.byAge.filter((member) => member.round === round), ...added].sort(byAge)
  }
}
