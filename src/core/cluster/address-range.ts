/** Classifies addresses and matches them with ranges. Addresses are in the form that parseIp returns. */
import ipaddr from 'ipaddr.js'

/** Addresses that cannot be a backend on another host, and those of cloud metadata services. */
export type SpecialRange =
  'loopback' | 'link-local' | 'site-local' | 'unspecified' | 'multicast' | 'broadcast' | 'metadata'

/** A parsed CIDR: the network and the length of its prefix. */
export type AddressRange = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]

/** `10.0.0.0/8`, or a single address; undefined for anything else. */
export function parseRange(text: string): AddressRange | undefined {
  const whole = text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`
  if (ipaddr.IPv4.isValidCIDRFourPartDecimal(whole)) return ipaddr.IPv4.parseCIDR(whole)
  if (!ipaddr.IPv6.isValidCIDR(whole) || whole.includes('%')) return undefined
  const [network, prefix] = ipaddr.IPv6.parseCIDR(whole)
  // lbex treats IPv4-mapped addresses as IPv4 addresses.
  return network.isIPv4MappedAddress() && prefix >= 96
    ? [network.toIPv4Address(), prefix - 96]
    : [network, prefix]
}

/** A network in CIDR notation, written with its prefix length, as the API server accepts it; undefined for anything else. */
export function parseNetwork(text: string): AddressRange | undefined {
  return /^[^/]+\/\d{1,3}$/.test(text) ? parseRange(text) : undefined
}

/** The canonical form, with all host bits zero: NGINX warns about other host bits. */
export function formatRange([address, prefix]: AddressRange): string {
  const {IPv4, IPv6} = ipaddr
  const cidr = `${address.toString()}/${prefix}`
  const network =
    address.kind() === 'ipv4' ? IPv4.networkAddressFromCIDR(cidr) : IPv6.networkAddressFromCIDR(cidr)
  return `${network.toString()}/${prefix}`
}

/** An IPv6 address with an embedded IPv4 address matches the ranges of both. */
export function isInRange(address: string, [network, prefix]: AddressRange): boolean {
  return formsOf(address).some((form) => form.kind() === network.kind() && form.match(network, prefix))
}

/** The special range of the address, or of an IPv4 address embedded in it. */
export function specialRangeOf(address: string): SpecialRange | undefined {
  for (const form of formsOf(address)) {
    if (METADATA.has(form.toString())) return 'metadata'
    const special = SPECIAL[form.range()]
    if (special) return special
  }
  return undefined
}

const SPECIAL: Readonly<Record<string, SpecialRange>> = {
  loopback: 'loopback',
  linkLocal: 'link-local',
  // https://www.rfc-editor.org/rfc/rfc3879: deprecated because the same address can exist in several sites.
  deprecatedSiteLocal: 'site-local',
  unspecified: 'unspecified',
  multicast: 'multicast',
  broadcast: 'broadcast',
}

/** https://docs.cloud.google.com/compute/docs/metadata, and the same pages of AWS, Alibaba, Azure and Oracle. */
const METADATA: ReadonlySet<string> = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::23',
  'fd00:ec2::254',
  'fd00:c1::a9fe:a9fe',
  'fd20:ce::254',
  'fe80::a9fe:a9fe',
])

function formsOf(address: string): (ipaddr.IPv4 | ipaddr.IPv6)[] {
  const parsed = ipaddr.parse(address)
  return parsed.kind() === 'ipv6' ? [parsed, ...embeddedIPv4(parsed)] : [parsed]
}

/** `inverted`: the bits of the IPv4 address are inverted. */
type Embedding = {readonly range: AddressRange; readonly offset: number; readonly inverted?: boolean}

/** Translators and tunnels (NAT64, SIIT, 6to4, Teredo, IPv4-compatible) forward traffic to the IPv4 address that is embedded. */
const EMBEDDINGS: readonly Embedding[] = [
  {range: ipaddr.IPv6.parseCIDR('64:ff9b::/96'), offset: 12},
  {range: ipaddr.IPv6.parseCIDR('64:ff9b:1::/48'), offset: 12},
  {range: ipaddr.IPv6.parseCIDR('::ffff:0:0:0/96'), offset: 12},
  {range: ipaddr.IPv6.parseCIDR('2002::/16'), offset: 2},
  // https://www.rfc-editor.org/rfc/rfc4380#section-4: the addresses of the Teredo server and client.
  {range: ipaddr.IPv6.parseCIDR('2001::/32'), offset: 4},
  {range: ipaddr.IPv6.parseCIDR('2001::/32'), offset: 12, inverted: true},
  {range: ipaddr.IPv6.parseCIDR('::/96'), offset: 12},
]

function embeddedIPv4(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4[] {
  // :: and ::1 are in the range of IPv4-compatible addresses, but have no IPv4 address embedded.
  if (address.range() === 'loopback' || address.range() === 'unspecified') return []
  const embeddings = EMBEDDINGS.filter(({range: [network, prefix]}) => address.match(network, prefix))
  return embeddings.map(({offset, inverted}) => {
    const bytes = address.toByteArray().slice(offset, offset + 4)
    return new ipaddr.IPv4(inverted ? bytes.map((byte) => byte ^ 0xff) : bytes)
  })
}
