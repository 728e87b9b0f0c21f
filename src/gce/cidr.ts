/** Ranges of IPv4 addresses. They come in valid: `10.150.0.0/27`. */
import ipaddr from 'ipaddr.js'

/** Google keeps four addresses of a subnet for itself. */
const RESERVED = 4

/** How many hosts a subnet can hold. */
export function usableAddresses(cidr: string): number {
  return 2 ** (32 - prefixOf(cidr)) - RESERVED
}

/** The longest prefix whose subnet holds `hosts`. */
export function prefixFor(hosts: number): number {
  return 32 - Math.ceil(Math.log2(hosts + RESERVED))
}

/** https://cloud.google.com/vpc/docs/subnets#ip-ranges */
const NEVER_A_SUBNET = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4']

/** What of a range no subnet can have; undefined where it is free. */
export function reservedIn(cidr: string): string | undefined {
  return NEVER_A_SUBNET.find((range) => overlap(range, cidr))
}

/** Two ranges overlap where the smaller is in the larger. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [ipaddr.IPv4.parseCIDR(one), ipaddr.IPv4.parseCIDR(other)]
  return a[0].match(b[0], Math.min(a[1], b[1]))
}

function prefixOf(cidr: string): number {
  return ipaddr.IPv4.parseCIDR(cidr)[1]
}
