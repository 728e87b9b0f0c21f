/** The configuration of BIRD: BGP announces the addresses of a host to the routers, which use all hosts that are ready. */
import {UsageError} from '../cli/usage-error.js'
import {parseBlocks, type AddressBlock} from './address-blocks.js'
import {fromTemplate, SECRET_MODE, type HaFile} from './ha-files.js'

/** A router that accepts the routes. */
export type Neighbor = {readonly address: string; readonly as: number}

export type BirdOptions = {
  /** As parseBlocks reads them. */
  readonly addresses: readonly string[]
  readonly localAs: number
  /** An IPv4 address, unique to each host. */
  readonly routerId: string
  readonly neighbors: readonly Neighbor[]
  /** For the TCP MD5 signature of the sessions (RFC 2385). */
  readonly password?: string | undefined
  /** URL of lbex's /readyz on this host. */
  readonly readyz: string
  /** Where the files are going to be. */
  readonly folder: string
}

const FAMILIES = ['IPv4', 'IPv6'] as const
/** BIRD's names of the families. */
const CHANNELS = {IPv4: 'ipv4', IPv6: 'ipv6'} as const

/** Rejects with a UsageError if options contradict each other. `templates`: the folder templates/ha. */
export async function birdFiles(options: BirdOptions, templates: string): Promise<HaFile[]> {
  const blocks = parseBlocks(options.addresses, '--address')
  const neighbors = options.neighbors.map(({address, as}) => ({address, as, family: familyOf(address)}))
  refuseUnannounced(blocks, neighbors)
  refuseOwnAs(options)
  const families = FAMILIES.map((family) => ({
    name: CHANNELS[family],
    prefixes: blocks.filter((block) => block.family === family).map(({prefix}) => prefix),
  }))
  const {localAs, routerId, password, readyz, folder} = options
  const configuration = {
    families: families.filter(({prefixes}) => prefixes.length > 0),
    neighbors: neighbors.map((each) => ({...each, family: CHANNELS[each.family]})),
    local_as: localAs,
    router_id: routerId,
    password: password ?? false,
  }
  const script = {
    single: prefixesOf(blocks, ({size}) => size === 1n),
    networks: prefixesOf(blocks, ({size}) => size > 1n),
    readyz,
  }
  const mode = password === undefined ? 0o644 : SECRET_MODE
  return Promise.all([
    fromTemplate(templates, {name: 'bird.conf', mode}, configuration),
    fromTemplate(templates, {name: 'lbex-announce', mode: 0o755}, script),
    fromTemplate(templates, {name: 'lbex-announce.service'}, {folder}),
  ])
}

function familyOf(address: string): AddressBlock['family'] {
  return address.includes(':') ? 'IPv6' : 'IPv4'
}

function prefixesOf(blocks: readonly AddressBlock[], wanted: (block: AddressBlock) => boolean): string[] {
  return blocks.filter(wanted).map(({prefix}) => prefix)
}

/** A session over IPv4 announces IPv4 routes, one over IPv6 IPv6 routes: every router understands that. */
function refuseUnannounced(
  blocks: readonly AddressBlock[],
  neighbors: readonly {readonly family: AddressBlock['family']; readonly address: string}[],
): void {
  for (const family of FAMILIES) {
    const block = blocks.find((each) => each.family === family)
    const neighbor = neighbors.find((each) => each.family === family)
    if (block && !neighbor)
      throw new UsageError(
        `--address ${block.prefix} is announced to no router: no --neighbor has an ${family} address`,
        `add a --neighbor with the ${family} address of the router`,
      )
    if (neighbor && !block)
      throw new UsageError(
        `--neighbor ${neighbor.address} gets no routes: no --address is an ${family} address`,
        `leave it out, or add an ${family} --address`,
      )
  }
}

/** A router of the same AS would drop the longer path of a host that is not ready: its own AS in a path looks like a loop. */
function refuseOwnAs({neighbors, localAs}: BirdOptions): void {
  const own = neighbors.find(({as}) => as === localAs)
  if (own)
    throw new UsageError(
      `--neighbor ${own.address} has the AS of the hosts, ${localAs}`,
      'give the hosts an AS of their own with --local-as, such as one from 64512 to 65534',
    )
  if (new Set(neighbors.map(({address}) => address)).size < neighbors.length)
    throw new UsageError('--neighbor has the same router twice', 'each router has one AS')
}
