/** Decides which Service gets which addresses of the pools. The result does not depend on the order of the Services. */
import type {StatusAddresses} from '../cluster/written-state.js'
import type {AllocationState} from './allocation-state.js'
import {yieldsTo, type ForeignHolders} from './foreign-holders.js'
import {Holders} from './holders.js'
import {byAge, type Member, type Seat} from './member.js'
import {FreeAddresses, type SortedPool} from './open-pools.js'

export type AllocationInputs = {
  readonly pools: readonly SortedPool[]
  readonly status: StatusAddresses
  readonly state: AllocationState
  readonly foreign: ForeignHolders
}

/**
 * Makes the assignment of each member; `members` are sorted by age:
 *
 * 1. An address in the status stays, if it is in the pool and is the one that the Service states, if it states one. If several
 *    Services have it and do not share it, the oldest keeps it. Then the same for what this lbex chose and has not written yet.
 * 2. A Service whose request is not valid keeps the addresses in its status, and nothing listens there.
 * 3. A stated address goes to the oldest Service that states it.
 * 4. The others get an address of Services with the same sharing key, or else the lowest free one, the oldest Service first.
 *
 * A host that does not allocate does steps 1 and 2 only. An address in the status that is in no pool any more gives the Service an
 * error and no other address: clients may still use it. No Service gets an address of a Service of another load balancer. If both
 * have it in their status, the older one keeps it if an lbex decides about both; otherwise both keep it.
 */
export function allocateAddresses(members: readonly Member[], inputs: AllocationInputs): void {
  const {status, state} = inputs
  const holders = new Holders()
  for (const member of members) member.begin(status.get(member.wish.key) ?? NONE)
  const open = keepAddresses(members, holders, inputs)
  for (const member of members) if (member.wish.isClosed) keepClosed(member, holders, state)
  if (state.allocates) fillSeats(open, holders, inputs)
  else for (const {member, isFillable} of open) if (isFillable) member.reportPending()
  for (const member of members) member.finish()
}

const NONE: readonly string[] = []

/** Returns the seats without an address. */
function keepAddresses(
  members: readonly Member[],
  holders: Holders,
  inputs: AllocationInputs,
): readonly Seat[] {
  const {pools, state, foreign} = inputs
  const open: Seat[] = []
  const chosen: {readonly seat: Seat; readonly address: string}[] = []
  for (const member of members)
    for (const seat of member.seats) {
      const known = seat.recall(member.status, pools, state)
      if (known.kind === 'lost') member.keepLost(known.addresses)
      else if (known.kind === 'kept' && !known.isWritten) chosen.push({seat, address: known.address})
      else if (known.kind === 'none' || !keepWritten(known.address, seat, holders, inputs)) open.push(seat)
    }
  if (chosen.length === 0) return open
  const refused = chosen.filter(({seat, address}) => foreign.has(address) || !holders.claim(address, seat))
  return refused.length === 0 ? open : sortSeats([...open, ...refused.map(({seat}) => seat)])
}

/** An address in the status. False if another Service keeps it. */
function keepWritten(
  address: string,
  seat: Seat,
  holders: Holders,
  {state, foreign}: AllocationInputs,
): boolean {
  const {member} = seat
  const other = foreign.get(address)
  if (other && state.allocates && yieldsTo(member.wish, other)) return false
  if (!holders.claim(address, seat)) return false
  if (other) member.reportDuplicate(address, other)
  return true
}

function sortSeats(seats: readonly Seat[]): readonly Seat[] {
  return [...seats].sort((a, b) => byAge(a.member, b.member))
}

/** Addresses of hosts were written before there were pools. */
function keepClosed(member: Member, holders: Holders, {hosts}: AllocationState): void {
  for (const address of member.status)
    if (!hosts?.has(address) && holders.reserve(address, member)) member.keep(address)
}

/** Stated addresses are taken first, so that no other Service gets one of them. */
function fillSeats(seats: readonly Seat[], holders: Holders, {state, foreign}: AllocationInputs): void {
  const {hosts = new Set()} = state
  const others: Seat[] = []
  for (const seat of seats) {
    const {member, family} = seat
    const address = member.wish.stated[family]
    const other = address !== undefined && !holders.has(address) && foreign.get(address)
    if (address === undefined) others.push(seat)
    else if (hosts.has(address)) member.reportOfHost(address)
    else if (other) member.reportForeign(address, other)
    else if (!holders.claim(address, seat)) member.reportTaken(address, holders.holderOf(address))
  }
  const free = new FreeAddresses(
    (address) => holders.has(address) || hosts.has(address) || foreign.has(address),
  )
  for (const seat of others) {
    const {member, family, isFillable} = seat
    if (!isFillable || holders.claimShared(seat)) continue
    const address = free.next(member.wish.pool, family)
    if (address === undefined) member.reportExhausted(family)
    else holders.claim(address, seat)
  }
}
