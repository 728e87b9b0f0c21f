/** Tells clients on this host from clients on other hosts. */
import {BlockList, isIPv6, type Socket} from 'node:net'

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8)
LOOPBACK.addAddress('::1', 'ipv6')

/** A client on this host connects from a loopback address, or from the same address that it connects to. */
export function isLocal({
  remoteAddress,
  localAddress,
}: Pick<Socket, 'remoteAddress' | 'localAddress'>): boolean {
  if (remoteAddress === undefined) return false
  return (
    remoteAddress === localAddress || LOOPBACK.check(remoteAddress, isIPv6(remoteAddress) ? 'ipv6' : 'ipv4')
  )
}
