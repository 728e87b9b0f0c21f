/** Tells clients on this host from clients on other hosts. */
import {BlockList, isIPv6, type Socket} from 'node:net'

type Ends = Pick<Socket, 'remoteAddress' | 'localAddress'>

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8)
LOOPBACK.addAddress('::1', 'ipv6')

/**
 * True if both ends of the connection have a loopback address. Programs on this host that connect to servers for others, such as
 * NGINX, may not connect to one.
 */
export function isLoopback({remoteAddress, localAddress}: Ends): boolean {
  return [remoteAddress, localAddress].every((address) => address !== undefined && hasLoopback(address))
}

/** A client on this host connects from a loopback address, or from the same address that it connects to. */
export function isLocal({remoteAddress, localAddress}: Ends): boolean {
  if (remoteAddress === undefined) return false
  return remoteAddress === localAddress || hasLoopback(remoteAddress)
}

function hasLoopback(address: string): boolean {
  return LOOPBACK.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}
