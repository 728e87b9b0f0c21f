/** Parses IP addresses. */
import ipaddr from 'ipaddr.js'
import type {IpFamily} from './objects.js'

export type IpAddress = {readonly address: string; readonly family: IpFamily}

/**
 * The canonical form of an address, so that equal addresses are equal strings. Undefined for host names, addresses with a zone,
 * and any other text. An IPv4-mapped IPv6 address becomes an IPv4 address.
 */
export function parseIp(text: string): IpAddress | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return {address: text, family: 'IPv4'}
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined
  const parsed = ipaddr.process(text)
  return {address: parsed.toString(), family: parsed.kind() === 'ipv4' ? 'IPv4' : 'IPv6'}
}
