/** Which listeners conflict on one host. */
import {isWildcard, portId, type ListenerKey} from '../../../core/model/listener-key.js'

/** True if both have the same address and port, or if one of them is the wildcard on that port. */
export function overlaps(a: ListenerKey, b: ListenerKey): boolean {
  if (portId(a) !== portId(b)) return false
  return a.address === b.address || isWildcard(a.address) || isWildcard(b.address)
}

/**
 * Ports (as portId) that have a listener at the wildcard before and at single addresses after, or vice versa. NGINX cannot do
 * that in one reload: it binds the new socket while it still holds the old one. On a port with a wildcard listener, NGINX opens
 * no sockets for single addresses (https://nginx.org/en/docs/stream/ngx_stream_core_module.html#listen).
 */
export function movedPorts(before: readonly ListenerKey[], after: readonly ListenerKey[]): Set<string> {
  const wasWildcard = wildcardByPort(before)
  const moved = [...wildcardByPort(after)].filter(([id, wildcard]) => wasWildcard.get(id) === !wildcard)
  return new Set(moved.map(([id]) => id))
}

/** The listeners of `others` whose port number is that of a listener of `keys`. */
export function onPortsOf(keys: readonly ListenerKey[], others: readonly ListenerKey[]): ListenerKey[] {
  const ports = new Set(keys.map(({port}) => port))
  return others.filter(({port}) => ports.has(port))
}

function wildcardByPort(listeners: readonly ListenerKey[]): Map<string, boolean> {
  const ports = new Map<string, boolean>()
  for (const listener of listeners) {
    const id = portId(listener)
    ports.set(id, ports.get(id) === true || isWildcard(listener.address))
  }
  return ports
}

/** True if `older` has an address of a family for which `wanted` has only other addresses: clients could still connect there. */
export function listensOnMore(older: readonly ListenerKey[], wanted: readonly ListenerKey[]): boolean {
  const now = {IPv4: new Set<string>(), IPv6: new Set<string>()}
  for (const {address} of wanted) now[familyOf(address)].add(address)
  return older.some(({address}) => {
    const addresses = now[familyOf(address)]
    return addresses.size > 0 && !addresses.has(address) && ![...addresses].some(isWildcard)
  })
}

function familyOf(address: string): 'IPv4' | 'IPv6' {
  return address.includes(':') ? 'IPv6' : 'IPv4'
}
