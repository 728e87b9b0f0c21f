/** Calculations with IPv4 ranges in CIDR notation. Callers pass valid ranges only, such as `10.150.0.0/27`. */
import ipaddr from 'ipaddr.js'

/** Google reserves four addresses of each subnet. */
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

/** The reserved range that overlaps with `cidr`; undefined if there is no such range. */
export function reservedIn(cidr: string): string | undefined {
  return NEVER_A_SUBNET.find((range) => overlap(range, cidr))
}

/** Two ranges overlap if the larger contains the smaller. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [ipaddr.IPv4.parseCIDR(one), ipaddr.IPv4.parseCIDR(other)]
  return a[0].match(b[0], Math.min(a[1], b[1]))
}

function prefixOf(cidr: string): number {
  return ipaddr.IPv4.parseCIDR(cidr)[1]
}
