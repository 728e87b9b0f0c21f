/** Decides which Service gets which addresses of the pools. The result does not depend on the order of the Services. */
import type {StatusAddresses} from '../cluster/written-state.js'
import type {AllocationState} from './allocation-state.js'
import {Holders} from './holders.js'
import {byAge, type Member, type Seat} from './member.js'
import {FreeAddresses, type SortedPool} from './open-pools.js'

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
 * error and no other address: clients may still use it.
 */
export function allocateAddresses(
  members: readonly Member[],
  pools: readonly SortedPool[],
  status: StatusAddresses,
  state: AllocationState,
): void {
  const holders = new Holders()
  for (const member of members) member.begin(status.get(member.wish.key) ?? NONE)
  const open = keepAddresses(members, holders, {pools, state})
  for (const member of members) if (member.wish.isClosed) keepClosed(member, holders, state)
  if (state.allocates) fillSeats(open, holders, state)
  else for (const {member, isFillable} of open) if (isFillable) member.reportPending()
  for (const member of members) member.finish()
}

const NONE: readonly string[] = []

/** Returns the seats without an address. */
function keepAddresses(
  members: readonly Member[],
  holders: Holders,
  {pools, state}: {readonly pools: readonly SortedPool[]; readonly state: AllocationState},
): readonly Seat[] {
  const open: Seat[] = []
  const chosen: {readonly seat: Seat; readonly address: string}[] = []
  for (const member of members)
    for (const seat of member.seats) {
      const known = seat.recall(member.status, pools, state)
      if (known.kind === 'lost') member.keepLost(known.addresses)
      else if (known.kind === 'kept' && !known.isWritten) chosen.push({seat, address: known.address})
      else if (known.kind === 'none' || !holders.claim(known.address, seat)) open.push(seat)
    }
  if (chosen.length === 0) return open
  const refused = chosen.filter(({seat, address}) => !holders.claim(address, seat))
  return refused.length === 0 ? open : sortSeats([...open, ...refused.map(({seat}) => seat)])
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
function fillSeats(seats: readonly Seat[], holders: Holders, {hosts = new Set()}: AllocationState): void {
  const others: Seat[] = []
  for (const seat of seats) {
    const {member, family} = seat
    const address = member.wish.stated[family]
    if (address === undefined) others.push(seat)
    else if (hosts.has(address)) member.reportOfHost(address)
    else if (!holders.claim(address, seat)) member.reportTaken(address, holders.holderOf(address))
  }
  const free = new FreeAddresses((address) => holders.has(address) || hosts.has(address))
  for (const seat of others) {
    const {member, family, isFillable} = seat
    if (!isFillable || holders.claimShared(seat)) continue
    const address = free.next(member.wish.pool, family)
    if (address === undefined) member.reportExhausted(family)
    else holders.claim(address, seat)
  }
}
