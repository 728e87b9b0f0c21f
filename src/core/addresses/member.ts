/** A Service that gets addresses of a pool. It keeps its latest assignment, so that an equal one is the same object. */
import {isDeepStrictEqual} from 'node:util'
import {describeObject} from '../../diagnostics/diagnostic.js'
import {compareAges} from '../cluster/by-age.js'
import type {IpFamily} from '../cluster/objects.js'
import {poolField} from '../intent/pool-request.js'
import type {AllocationState} from './allocation-state.js'
import type {Assignment, PoolProblem} from './assignment.js'
import type {ForeignHolder} from './foreign-holders.js'
import type {SortedPool} from './open-pools.js'
import {rememberedOf, type Remembered} from './remembered.js'
import {rangesOf, type Wish} from './wish.js'

type Recalled = {
  readonly status: readonly string[]
  readonly chosen: readonly string[] | undefined
  readonly state: AllocationState
  readonly remembered: Remembered
}

function isSameRole(a: AllocationState, b: AllocationState): boolean {
  return a === b || (a.allocates === b.allocates && a.hosts === b.hosts)
}

/** A place for one address: one family of a Service. */
export class Seat {
  address: string | undefined
  private latest: Recalled | undefined

  constructor(
    readonly member: Member,
    readonly family: IpFamily,
  ) {}

  /** False if the pool has no address of this family, so that an address in the status can only be lost. */
  get isFillable(): boolean {
    return this.member.wish.pool.ranges[this.family].length > 0
  }

  /** What the Service had. The result is cached while the inputs are the same objects. */
  recall(status: readonly string[], pools: readonly SortedPool[], state: AllocationState): Remembered {
    const {latest} = this
    const {wish} = this.member
    const chosen = state.chosen.size > 0 ? state.chosen.get(wish.key) : undefined
    if (latest?.status === status && latest.chosen === chosen && isSameRole(latest.state, state))
      return latest.remembered
    const remembered = rememberedOf(wish, this.family, status, pools, state)
    this.latest = {status, chosen, state, remembered}
    return remembered
  }
}

const NONE: readonly string[] = []

/** Its methods are called in this order for each allocation: `begin`, those that change its addresses, `finish`. */
export class Member {
  readonly seats: readonly Seat[]
  /** The number of the latest list that the Service was in; -1 if it was in none. */
  round = -1
  private basis = NONE
  private kept = NONE
  private problems: readonly PoolProblem[] = []
  private latest: Assignment | undefined

  constructor(readonly wish: Wish) {
    this.seats = wish.families.map((family) => new Seat(this, family))
  }

  get assignment(): Assignment | undefined {
    return this.latest
  }

  /** The addresses in the status. */
  get status(): readonly string[] {
    return this.basis
  }

  /** `status`: the addresses in the status. */
  begin(status: readonly string[]): void {
    this.basis = status
    this.kept = NONE
    this.problems = this.wish.problems
    for (const seat of this.seats) seat.address = undefined
  }

  finish(): void {
    const {basis, kept, problems, latest} = this
    const [IPv4, IPv6] = [this.addressesOf('IPv4'), this.addressesOf('IPv6')]
    const {pool} = this.wish
    if (latest && problems.length === 0 && latest.problems.length === 0) {
      const {addresses} = latest
      const isSame =
        IPv4 === addresses.IPv4[0] &&
        IPv6 === addresses.IPv6[0] &&
        isSameList(kept, latest.kept) &&
        isSameList(basis, latest.basis)
      if (isSame) return
    }
    const made = {pool: pool.name, addresses: {IPv4: listOf(IPv4), IPv6: listOf(IPv6)}, kept, basis, problems}
    if (!isDeepStrictEqual(made, latest)) this.latest = made
  }

  /** An address in the status that stays there, although nothing listens on it. */
  keep(address: string): void {
    this.kept = [...this.kept, address]
  }

  /** Several addresses only if another client wrote the status. */
  keepLost(addresses: readonly string[]): void {
    this.kept = [...this.kept, ...addresses]
    const {name: pool} = this.wish.pool
    for (const address of addresses) {
      const args = {address, pool, ranges: rangesOf(this.wish.pool), isRemembered: true}
      this.report({code: 'address-outside-pool', ...this.place, args})
    }
  }

  reportTaken(address: string, holder: Member | undefined): void {
    const {field} = this.wish
    const owner = holder ? describeObject(holder.wish.intent.service.ref) : 'another Service'
    const args = {address, owner, remedy: remedyFor(this.wish, holder?.wish)}
    this.report({code: 'address-taken', ...(field && {field}), args})
  }

  reportOfHost(address: string): void {
    const {field} = this.wish
    const args = {address, owner: 'a host that runs lbex', remedy: 'host'} as const
    this.report({code: 'address-taken', ...(field && {field}), args})
  }

  reportForeign(address: string, {service}: ForeignHolder): void {
    const {field} = this.wish
    const owner = `${describeObject(service.ref)} of another load balancer`
    this.report({
      code: 'address-taken',
      ...(field && {field}),
      args: {address, owner, remedy: 'elsewhere'},
    })
  }

  /** The Service keeps the address that a Service of another load balancer has too. */
  reportDuplicate(address: string, {service}: ForeignHolder): void {
    const args = {address, owner: describeObject(service.ref)}
    this.report({code: 'address-duplicate', ...this.place, args})
  }

  reportExhausted(family: IpFamily): void {
    const {name: pool, ranges} = this.wish.pool
    const args = {pool, family, ranges: ranges[family].map(({text}) => text)}
    this.report({code: 'address-pool-exhausted', ...this.place, args})
  }

  /** Once for both families. */
  reportPending(): void {
    if (!this.problems.some(({code}) => code === 'address-pending'))
      this.report({code: 'address-pending', args: {}})
  }

  private get place(): Pick<PoolProblem, 'field'> {
    const field = poolField(this.wish.intent.service)
    return field ? {field} : {}
  }

  private report(problem: PoolProblem): void {
    this.problems = [...this.problems, problem]
  }

  private addressesOf(family: IpFamily): string | undefined {
    for (const seat of this.seats) if (seat.family === family) return seat.address
    return undefined
  }
}

/** Oldest Service first, then by namespace/name. */
export function byAge({wish: a}: Member, {wish: b}: Member): number {
  return compareAges(a, b)
}

function listOf(address: string | undefined): readonly string[] {
  return address === undefined ? NONE : [address]
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((each, index) => each === b[index]))
}

/** What would let the two Services share the address. */
function remedyFor(wish: Wish, holder: Wish | undefined): 'ports' | 'key' | 'none' {
  if (holder?.intent.service.ref.namespace !== wish.intent.service.ref.namespace) return 'none'
  return wish.sharing && holder.sharing?.group === wish.sharing.group ? 'ports' : 'key'
}
