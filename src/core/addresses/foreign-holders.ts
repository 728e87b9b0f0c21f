/**
 * The addresses that Services of other load balancers have: of another group of lbex, which does not see what this one chooses, or of
 * another controller. An address must not have two of them.
 */
import {compareAges, createdAt, orderOf, type Age} from '../cluster/by-age.js'
import type {Service} from '../cluster/objects.js'
import type {StatusAddresses} from '../cluster/written-state.js'

export type ForeignHolder = Age & {
  readonly service: Service
  /** True if an lbex wrote the status, or may have: it follows the same rule if two Services have an address. */
  readonly isOfLbex: boolean
}

/** The Service that has each address, in the form of parseIp. */
export type ForeignHolders = ReadonlyMap<string, ForeignHolder>

export type AllServices = {
  /** All Services of the snapshot. */
  readonly services: readonly Service[]
  /** The addresses that another controller than lbex wrote to the status. */
  readonly otherAddresses?: StatusAddresses | undefined
}

/**
 * `isMember`: whether the allocation decides about the Service with this index. If several Services have an address, the one that
 * counts is of an lbex if there is one, and the oldest of them.
 */
export function findForeignHolders(
  {services, otherAddresses}: AllServices,
  status: StatusAddresses,
  isMember: (index: number) => boolean,
): ForeignHolders {
  const holders = new Map<string, ForeignHolder>()
  for (const [index, service] of services.entries()) {
    if (service.type !== 'LoadBalancer' || isMember(index)) continue
    const {namespace, name} = service.ref
    const key = `${namespace}/${name}`
    const [ofLbex, ofOthers] = [status.get(key), otherAddresses?.get(key)]
    for (const address of ofLbex ?? ofOthers ?? []) {
      const age = {createdAt: createdAt(service), order: orderOf(service)}
      const holder = {...age, service, isOfLbex: ofLbex !== undefined}
      const known = holders.get(address)
      if (!known || comesBefore(holder, known)) holders.set(address, holder)
    }
  }
  return holders
}

/** True if the other Service keeps an address that both have. Another controller knows no such rule, so it does not move its Service. */
export function yieldsTo(age: Age, other: ForeignHolder): boolean {
  return other.isOfLbex && compareAges(other, age) < 0
}

function comesBefore(a: ForeignHolder, b: ForeignHolder): boolean {
  return a.isOfLbex === b.isOfLbex ? compareAges(a, b) < 0 : a.isOfLbex
}
