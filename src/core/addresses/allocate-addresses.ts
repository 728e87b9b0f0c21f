/** Decides which Service gets which addresses of the pools. The result does not depend on the order of the Services. */
import type {StatusAddresses} from '../cluster/written-state.js'
import type {AllocationState} from './allocation-state.js'
import {Holders} from './holders.js'
import type {Member, Seat} from './member.js'
import {FreeAddresses, type SortedPool} from './open-pools.js'

/**
 * Makes the assignment of each member; `members` are sorted by age:
 *
 * 1. An address in the status stays, if it is in the pool and is the one that the Service states, if it states one. If several
 *    Services have it and do not share it, the oldest keeps it.
 * 2. A stated address goes to the oldest Service that states it.
 * 3. The others get an address of Services with the same sharing key, or else the lowest free one, the oldest Service first.
 *
 * A host that does not allocate does step 1 only. An address in the status that is in no pool any more gives the Service an error and
 * no other address: clients may still use it.
 */
export function allocateAddresses(
  members: readonly Member[],
  pools: readonly SortedPool[],
  status: StatusAddresses,
  state: AllocationState,
): void {
  const holders = new Holders()
  const open: Seat[] = []
  for (const member of members) {
    const inStatus = status.get(member.wish.key) ?? NONE
    member.begin(inStatus)
    for (const seat of member.seats) {
      const known = seat.recall(inStatus, pools, state)
      if (known.kind === 'lost') member.keepLost(known.addresses)
      else if (known.kind === 'none' || !holders.claim(known.address, seat)) open.push(seat)
    }
  }
  if (state.allocates) fillSeats(open, holders, state)
  else for (const {member} of open) member.reportPending()
  for (const member of members) member.finish()
}

const NONE: readonly string[] = []

/** Stated addresses are taken first, so that no other Service gets one of them. */
function fillSeats(seats: readonly Seat[], holders: Holders, {hosts = new Set()}: AllocationState): void {
  const others: Seat[] = []
  for (const seat of seats) {
    const {member, family} = seat
    const address = member.wish.stated[family]
    if (address === undefined) others.push(seat)
    else if (!holders.claim(address, seat)) member.reportTaken(address, holders.holderOf(address))
  }
  const free = new FreeAddresses((address) => holders.has(address) || hosts.has(address))
  for (const seat of others) {
    const {member, family} = seat
    if (holders.claimShared(seat)) continue
    const address = free.next(member.wish.pool, family)
    if (address === undefined) member.reportExhausted(family)
    else holders.claim(address, seat)
  }
}
