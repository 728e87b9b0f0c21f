/** The addresses that are published for each Service: those of the hosts, or those of `--publish-address`. */
import {isIP} from 'node:net'
import {isWildcard} from '../core/model/listener-key.js'
import type {HostAnnouncement, NamedAddress} from './host-record.js'
import type {ServedPorts} from './served-ports.js'

/** Maximum number of addresses of all hosts. lbex does not keep a longer status, and would write it at every reconcile. */
const MAX_ADDRESSES = 200

/** See ServedPorts. */
type Selection = {readonly [K in 'selected' | 'lost']?: ServedPorts[K] | undefined}

/**
 *  the Service        | without --publish-address                   | with --publish-address
 *  selects nothing    | all addresses of all ready hosts            | all of --publish-address
 *  selects addresses  | these addresses, of the hosts that have     | all, except those that are a listen address
 *  or names           | them                                        | of a host and that the Service does not select
 *
 * A host that does not have all that the Service selects does not serve it. An address that the Service lost to other Services is
 * not published either; on other hosts it has the same name.
 */
export class PublishedAddresses {
  private readonly ready: readonly HostAnnouncement[]
  private readonly cache = new Map<string, readonly string[] | undefined>()
  private readonly listen: ReadonlySet<string>
  /** The addresses of a Service that listens on all addresses of the hosts. */
  private readonly common: readonly string[]

  /**
   * `hosts`: those of the group that renew their Leases; `areAll`: false while others may be missing. `fixed`: --publish-address,
   * may be empty.
   */
  constructor(
    private readonly hosts: readonly HostAnnouncement[] = [],
    private readonly fixed: readonly string[] = [],
    private readonly areAll = true,
  ) {
    this.ready = hosts.filter(({ready}) => ready)
    this.listen = new Set(hosts.flatMap(({listen = []}) => listen.map(({address}) => address)))
    this.common = fixed.length > 0 ? fixed : sorted(this.ready.flatMap(({addresses}) => addresses))
  }

  /** Undefined if no host can say: the published status is kept. */
  of({selected, lost}: Selection): readonly string[] | undefined {
    if (!selected && !lost) return this.common.length > 0 ? this.common : undefined
    const key = JSON.stringify([selected, lost])
    if (!this.cache.has(key)) this.cache.set(key, this.find({selected, lost}))
    return this.cache.get(key)
  }

  /** True if the operator chose them (--publish-address). */
  get isFixed(): boolean {
    return this.fixed.length > 0
  }

  /** True if the group may have published the address. */
  has(address: string): boolean {
    return this.listen.has(address) || this.common.includes(address)
  }

  /** True if a ready host has everything that the Service selects. */
  isServed({selected}: Selection): boolean {
    const wanted = new Set(selected)
    return this.ready.some((host) => addressesOf(host, wanted, NOT_LOST).length > 0)
  }

  private find({selected, lost = []}: Selection): readonly string[] | undefined {
    const isExcluded = lossTest(new Set(lost), this.hosts)
    const of = (hosts: readonly HostAnnouncement[]): string[] =>
      hosts.flatMap((host) => addressesOf(host, selected && new Set(selected), isExcluded))
    if (this.fixed.length === 0) return this.ready.length === 0 ? undefined : sorted(of(this.ready))
    // An address of --publish-address may be a listen address of a host that is not known yet.
    if (!this.areAll) return undefined
    const own = new Set(of(this.hosts))
    return this.fixed.filter((address) => own.has(address) || !this.listen.has(address))
  }
}

type AddressTest = (entry: NamedAddress) => boolean

const NOT_LOST: AddressTest = () => false

/** A name is lost if all addresses that have it on one host are lost; families are separate. */
function lossTest(lost: ReadonlySet<string>, hosts: readonly HostAnnouncement[]): AddressTest {
  const keyOf = ({name, address}: NamedAddress): string => `${isIP(address)}/${name}`
  const names = new Set<string>()
  for (const {listen = []} of lost.size > 0 ? hosts : []) {
    const kept = new Set(listen.filter(({address}) => !lost.has(address)).map(keyOf))
    for (const entry of listen)
      if (entry.name !== undefined && !kept.has(keyOf(entry))) names.add(keyOf(entry))
  }
  return (entry) => lost.has(entry.address) || names.has(keyOf(entry))
}

function addressesOf(
  {addresses, listen}: HostAnnouncement,
  selected: ReadonlySet<string> | undefined,
  isLost: AddressTest,
): string[] {
  const entries = listen ?? addresses.map((address) => ({address}))
  if (selected && !hasAll(entries, selected)) return []
  const isSelected = ({name, address}: NamedAddress): boolean =>
    !selected || selected.has(address) || (name !== undefined && selected.has(name))
  const own = entries.filter((entry) => isSelected(entry) && !isLost(entry))
  return [
    ...own.flatMap(({address}) => (isWildcard(address) ? addresses : [address])),
    ...coveredBy(entries, selected).filter((address) => addresses.includes(address) && !isLost({address})),
  ]
}

/** As on the host itself, where one unknown address or name closes all ports of the Service (`listen-address-unknown`). */
function hasAll(entries: readonly NamedAddress[], selected: ReadonlySet<string>): boolean {
  const known = new Set(entries.flatMap(({address, name}) => [address, name]))
  return [...selected].every(
    (entry) => known.has(entry) || (isIP(entry) !== 0 && known.has(wildcardOf(entry))),
  )
}

function wildcardOf(address: string): string {
  return isIP(address) === 4 ? '0.0.0.0' : '::'
}

/**
 * A host that listens on all addresses of a family also listens on each address of it that a Service selects. Only addresses
 * that the host announces may be published: the author of a Service could select any address, also one of another machine.
 */
function coveredBy(entries: readonly NamedAddress[], selected: ReadonlySet<string> | undefined): string[] {
  const wildcards = new Set(entries.map(({address}) => address).filter(isWildcard))
  if (!selected || wildcards.size === 0) return []
  return [...selected].filter(
    (entry) => isIP(entry) !== 0 && !isWildcard(entry) && wildcards.has(wildcardOf(entry)),
  )
}

function sorted(addresses: readonly string[]): readonly string[] {
  return [...new Set(addresses)].sort().slice(0, MAX_ADDRESSES)
}
