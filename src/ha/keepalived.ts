/** The configuration of keepalived: VRRP moves the addresses to a host whose lbex is ready. */
import {UsageError} from '../cli/usage-error.js'
import {parseIp} from '../core/cluster/ip-address.js'
import {eachAddress, parseBlocks, type AddressBlock} from './address-blocks.js'
import {fromTemplate, type HaFile} from './ha-files.js'

export type KeepalivedOptions = {
  /** As parseBlocks reads them. */
  readonly addresses: readonly string[]
  readonly interface: string
  /** Addresses of the hosts, with or without this host; empty: the hosts find each other by multicast. */
  readonly peers: readonly string[]
  /** 1 to 255. */
  readonly virtualRouterId: number
  /** 2 to 254. */
  readonly priority: number
  /** URL of lbex's /readyz on this host. */
  readonly readyz: string
  /** The addresses of this host. */
  readonly own: ReadonlySet<string>
}

/** Each address is an entry of the interface, and keepalived announces all of them one by one when it takes over. */
const MOST_ADDRESSES = 256

/** Rejects with a UsageError if options contradict each other. `templates`: the folder templates/ha. */
export async function keepalivedFiles(options: KeepalivedOptions, templates: string): Promise<HaFile[]> {
  const addresses = eachAddress(
    parseBlocks(options.addresses, '--address'),
    MOST_ADDRESSES,
    'for large networks use lbex ha bird, which announces a network as one route',
  )
  const {family, source, peers} = peersOf(options)
  const first = firstOf(addresses, family)
  const scope = {
    ...{interface: options.interface, priority: options.priority, readyz: options.readyz},
    virtual_router_id: options.virtualRouterId,
    weight: `-${options.priority - 1}`,
    source: source ?? false,
    peers,
    first: first.prefix,
    others: addresses.filter((each) => each !== first).map(({prefix}) => prefix),
  }
  return [await fromTemplate(templates, {name: 'keepalived.conf'}, scope)]
}

type Peers = {
  readonly family?: AddressBlock['family'] | undefined
  readonly source?: string | undefined
  readonly peers: readonly string[]
}

/** This host may be among the peers, so that the same command line works on all hosts. */
function peersOf({peers: given, own}: KeepalivedOptions): Peers {
  const all = [...new Set(given)]
  const families = new Set(all.map((peer) => parseIp(peer)?.family))
  if (families.size > 1)
    throw new UsageError('--peer has IPv4 and IPv6 addresses', 'use addresses of one family for all hosts')
  const source = all.find((peer) => own.has(peer))
  const peers = all.filter((peer) => !own.has(peer))
  if (all.length > 0 && peers.length === 0)
    throw new UsageError(
      '--peer has only addresses of this host',
      'add the addresses of the other hosts, or leave out --peer to use multicast',
    )
  return {family: [...families][0], source, peers}
}

/** VRRP has one family for each group: that of the peers. The other addresses only follow. */
function firstOf(
  addresses: readonly AddressBlock[],
  family: AddressBlock['family'] | undefined,
): AddressBlock {
  const wanted = family ?? (addresses.some((each) => each.family === 'IPv4') ? 'IPv4' : 'IPv6')
  const first = addresses.find((each) => each.family === wanted)
  if (first) return first
  throw new UsageError(
    `--peer has ${wanted} addresses, and no --address is an ${wanted} address`,
    'use peers of the same family as an --address',
  )
}
