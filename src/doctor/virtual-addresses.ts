/**
 * Checks addresses that move between hosts (keepalived), or that several hosts have (BGP): those of --address-pool, and those of
 * --listen-address and --publish-address that no interface of this host has now, or only lo. What the settings mean:
 * https://docs.kernel.org/networking/ip-sysctl.html
 */
import {readFile} from 'node:fs/promises'
import {isIP} from 'node:net'
import type {networkInterfaces} from 'node:os'
import type {PoolRange} from '../core/cluster/address-pool.js'
import {isInRange, parseRange} from '../core/cluster/address-range.js'
import {isWildcard} from '../core/model/listener-key.js'
import {Check, type Finding} from '../diagnostics/finding.js'

const address = new Check('virtual-address')
const reversePath = new Check('rp-filter')
const arp = new Check('arp')

const LOOPBACK = 'lo'
/** https://docs.kernel.org/networking/ip-sysctl.html, rp_filter: the packet must come from the interface of the best way back. */
const STRICT = 1

/** What `checkVirtualAddresses` needs of an interface: its addresses in CIDR notation. */
type Interfaces = ReturnType<typeof networkInterfaces>

/** Of one interface, as the kernel applies them: the greater of its own value and that of `all`. */
export type InterfaceSettings = {
  readonly name: string
  readonly rpFilter: number
  readonly arpIgnore: number
  readonly arpAnnounce: number
}

/** Values of /proc/sys/net. */
export type AddressSettings = {
  /** True if a program may listen on an address that the host does not have. */
  readonly nonlocal: {readonly IPv4: boolean; readonly IPv6: boolean}
  /** The interfaces that were asked for. */
  readonly interfaces: readonly InterfaceSettings[]
}

export type ConfiguredAddresses = {
  /** Addresses of --listen-address. */
  readonly listen: readonly string[]
  /** Addresses and host names of --publish-address. */
  readonly publish: readonly string[]
  /** Ranges of --address-pool. */
  readonly pools: readonly Pick<PoolRange, 'family' | 'text'>[]
}

/** `names`: interfaces. A value that cannot be read counts as 0, the kernel's default. */
export async function readAddressSettings(
  names: readonly string[],
  folder = '/proc/sys/net',
): Promise<AddressSettings> {
  const read = async (path: string): Promise<number> =>
    Number(await readFile(`${folder}/${path}`, 'utf8').catch(() => '0'))
  const effective = async (name: string, key: string): Promise<number> =>
    Math.max(await read(`ipv4/conf/all/${key}`), await read(`ipv4/conf/${name}/${key}`))
  const ofInterface = async (name: string): Promise<InterfaceSettings> => ({
    name,
    rpFilter: await effective(name, 'rp_filter'),
    arpIgnore: await effective(name, 'arp_ignore'),
    arpAnnounce: await effective(name, 'arp_announce'),
  })
  return {
    nonlocal: {
      IPv4: (await read('ipv4/ip_nonlocal_bind')) > 0,
      IPv6: (await read('ipv6/ip_nonlocal_bind')) > 0,
    },
    interfaces: await Promise.all(names.map(ofInterface)),
  }
}

const FAMILIES = ['IPv4', 'IPv6'] as const

/** No finding if there are no pools and all addresses are on a network interface of this host. */
export function checkVirtualAddresses(
  {listen, publish, pools}: ConfiguredAddresses,
  interfaces: Interfaces,
  settings: AddressSettings,
): Finding[] {
  const placeOf = (each: string): Place => placeIn(interfaces, each)
  const listened = [...new Set(listen)].filter((each) => !isWildcard(each) && placeOf(each) !== 'interface')
  const published = [...new Set(publish)].filter(
    (each) => isIP(each) !== 0 && !listened.includes(each) && placeOf(each) !== 'interface',
  )
  const all = [...listened, ...published]
  const onLoopback = all.filter((each) => placeOf(each) === 'loopback')
  return [
    ...FAMILIES.flatMap((family) => checkPools(family, pools, settings)),
    ...checkWildcards(listen, pools),
    ...listened.map((each) => checkListened(each, placeOf(each), settings)),
    ...published.map((each) => checkPublished(each, placeOf(each))),
    ...(onLoopback.length > 0 ? [checkReversePath(settings)] : []),
    ...onLoopback.flatMap((each) => checkArp(each, interfaces, settings)),
  ]
}

/** Where this host has an address. */
type Place = 'interface' | 'loopback' | 'absent'

function placeIn(interfaces: Interfaces, wanted: string): Place {
  // Addresses such as 127.0.0.1 do not move.
  if (/^127\.|^::1$/.test(wanted)) return 'interface'
  const names = Object.entries(interfaces)
    .filter(([, entries = []]) => entries.some((each) => each.address === wanted))
    .map(([name]) => name)
  if (names.length === 0) return 'absent'
  return names.every((name) => name === LOOPBACK) ? 'loopback' : 'interface'
}

/** All hosts listen on all addresses of a pool, also on those that another host has. */
function checkPools(
  family: PoolRange['family'],
  pools: ConfiguredAddresses['pools'],
  {nonlocal}: AddressSettings,
): Finding[] {
  const ranges = pools.filter((range) => range.family === family).map(({text}) => text)
  if (ranges.length === 0) return []
  const [setting, addresses] = [nonlocalSetting(family), `addresses of --address-pool ${ranges.join(', ')}`]
  if (nonlocal[family]) return [address.ok(`NGINX can listen on all ${addresses} (${setting} is 1)`)]
  return [
    address.warning(
      `NGINX cannot listen on ${addresses} that this host does not have (${setting} is 0)`,
      `sudo sysctl -w ${setting}=1, and the same line in /etc/sysctl.d/90-lbex.conf`,
    ),
  ]
}

/** An lbex without --listen-address listens on all addresses of the host. */
function checkWildcards(listen: readonly string[], pools: ConfiguredAddresses['pools']): Finding[] {
  const isOnAll = listen.length === 0 || listen.some(isWildcard)
  if (pools.length === 0 || !isOnAll) return []
  return [
    address.warning(
      'lbex listens on all addresses of this host: a Service without an address of a pool takes its ports on all addresses of the pools',
      'if there are such Services: start lbex with --listen-address and the addresses of this host',
    ),
  ]
}

function nonlocalSetting(family: PoolRange['family']): string {
  return `net.${family.toLowerCase()}.ip_nonlocal_bind`
}

function checkListened(wanted: string, place: Place, {nonlocal}: AddressSettings): Finding {
  const family = wanted.includes(':') ? 'IPv6' : 'IPv4'
  const setting = nonlocalSetting(family)
  if (place === 'loopback') return address.ok(`${wanted} is on lo`)
  if (nonlocal[family])
    return address.ok(`${wanted} is not on this host now; NGINX can listen on it already (${setting} is 1)`)
  return address.warning(
    `${wanted} is not on this host now, and NGINX cannot listen on it before it is (${setting} is 0)`,
    `if the address moves between hosts: sudo sysctl -w ${setting}=1, and the same line in /etc/sysctl.d/90-lbex.conf`,
  )
}

function checkPublished(wanted: string, place: Place): Finding {
  if (place === 'loopback') return address.ok(`${wanted} is on lo`)
  return address.ok(
    `${wanted} is published, and not on this host now: another host or a load balancer has it`,
  )
}

/** With several interfaces, a client may reach the host by another one than the route back to it. */
function checkReversePath({interfaces}: AddressSettings): Finding {
  const strict = interfaces.filter(({rpFilter}) => rpFilter === STRICT).map(({name}) => name)
  if (strict.length === 0 || interfaces.length < 2)
    return reversePath.ok('packets may arrive on any interface')
  return reversePath.warning(
    `net.ipv4.conf.*.rp_filter is ${STRICT} for ${strict.join(', ')}: packets that arrive there are dropped if the route back uses another interface`,
    'if routers send clients by several interfaces: sudo sysctl -w net.ipv4.conf.all.rp_filter=2',
  )
}

/** Several hosts have the address on lo. If it is in a network of an interface, only one of them may answer for it. */
function checkArp(
  wanted: string,
  interfaces: Interfaces,
  {interfaces: settings}: AddressSettings,
): Finding[] {
  const exposed = settings.filter(
    ({name, arpIgnore, arpAnnounce}) =>
      (arpIgnore === 0 || arpAnnounce < 2) && isInNetworkOf(interfaces[name] ?? [], wanted),
  )
  if (wanted.includes(':') || exposed.length === 0) return []
  return [
    arp.warning(
      `this host answers ARP requests for ${wanted} on ${exposed.map(({name}) => name).join(', ')}, as other hosts with the address on lo may do too`,
      'use an address outside the networks of the hosts, or: sudo sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2',
    ),
  ]
}

function isInNetworkOf(entries: NonNullable<Interfaces[string]>, wanted: string): boolean {
  const ranges = entries.map(({cidr}) => (cidr === null ? undefined : parseRange(cidr)))
  return ranges.some((range) => range !== undefined && isInRange(wanted, range))
}
