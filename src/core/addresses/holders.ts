/** Which Services have which address during one allocation, and which may share one. */
import {addressNumber} from '../cluster/address-pool.js'
import type {IpFamily} from '../cluster/objects.js'
import type {Member, Seat} from './member.js'
import {hasAddress} from './open-pools.js'

/** The addresses of the Services with one key, of one family. */
type Group = {
  readonly addresses: string[]
  /** For a port: all addresses before this index have it already. Keeps the search linear. */
  readonly firstWithout: Map<string, number>
  isSorted: boolean
}

/** Addresses that are examined for one Service beyond those that cannot fit. Then it gets an address of its own. */
const MOST_TRIES = 16

export class Holders {
  /** The first Service that has each address. */
  private readonly first = new Map<string, Member>()
  /** What the Services listen on that share an address; absent for an address that only one Service has. */
  private readonly ports = new Map<string, Set<string>>()
  private readonly groups = new Map<string, Group>()

  has(address: string): boolean {
    return this.first.has(address)
  }

  holderOf(address: string): Member | undefined {
    return this.first.get(address)
  }

  /** Gives the address to the seat. False if another Service has it and does not share it with this one. */
  claim(address: string, seat: Seat): boolean {
    const {member, family} = seat
    const {sharing} = member.wish
    const holder = this.first.get(address)
    if (!holder) {
      this.first.set(address, member)
      if (sharing) this.groupOf(sharing.group, family).addresses.push(address)
    } else if (!sharing || holder.wish.sharing?.group !== sharing.group) return false
    else if (!this.claimPorts(address, holder, sharing.ports)) return false
    seat.address = address
    return true
  }

  /** Keeps the address from all Services. False if one has it. */
  reserve(address: string, member: Member): boolean {
    if (this.first.has(address)) return false
    this.first.set(address, member)
    return true
  }

  /** An address of the pool that Services with the same key have, and where the ports of this one are free. False if there is none. */
  claimShared(seat: Seat): boolean {
    const {member, family} = seat
    const {sharing, pool} = member.wish
    if (!sharing) return false
    const group = this.groupOf(sharing.group, family)
    if (!group.isSorted) sortAddresses(group)
    const from = sharing.ports.reduce((most, port) => Math.max(most, group.firstWithout.get(port) ?? 0), 0)
    for (const [offset, address] of group.addresses.slice(from, from + MOST_TRIES).entries()) {
      if (!hasAddress(pool, family, addressNumber(address)) || !this.claim(address, seat)) continue
      const index = from + offset
      for (const port of sharing.ports)
        if ((group.firstWithout.get(port) ?? 0) === index) group.firstWithout.set(port, index + 1)
      return true
    }
    return false
  }

  private claimPorts(address: string, holder: Member, wanted: readonly string[]): boolean {
    const ports = this.ports.get(address) ?? new Set(holder.wish.sharing?.ports)
    if (wanted.some((port) => ports.has(port))) return false
    for (const port of wanted) ports.add(port)
    this.ports.set(address, ports)
    return true
  }

  private groupOf(name: string, family: IpFamily): Group {
    const key = `${family} ${name}`
    const known = this.groups.get(key)
    if (known) return known
    const group = {addresses: [], firstWithout: new Map<string, number>(), isSorted: false}
    this.groups.set(key, group)
    return group
  }
}

/** Addresses that Services had already come in the order of the Services; later ones are added at the end. */
function sortAddresses(group: Group): void {
  const numbers = new Map(group.addresses.map((address) => [address, addressNumber(address)]))
  group.addresses.sort((a, b) => ((numbers.get(a) ?? 0n) < (numbers.get(b) ?? 0n) ? -1 : 1))
  group.isSorted = true
}
