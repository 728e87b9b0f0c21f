/** The addresses of this host that clients may connect to. */
import {createSocket} from 'node:dgram'
import {once} from 'node:events'
import {isWildcard} from '../../core/model/listener-key.js'

/** A documentation address, which is on no network: the route to it is the default route. */
const ANYWHERE = {address: '192.0.2.1', port: 9}

/**
 * The addresses that lbex listens on, unless they are wildcards: then the address that the host uses towards the API server, or
 * towards everything else if it reaches the API server over loopback. Empty if there is none. `signal` ends the wait for DNS.
 */
export async function ownAddresses(
  listenAddresses: readonly string[],
  server: URL | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const own = listenAddresses.filter((address) => !isWildcard(address))
  if (own.length > 0) return own
  const target = server && {
    address: server.hostname.replace(/^\[|\]$/g, ''),
    port: Number(server.port) || 443,
  }
  const found = (target && (await addressTowards(target, signal))) ?? (await addressTowards(ANYWHERE, signal))
  return found === undefined ? [] : [found]
}

/** Nothing is sent: connecting a UDP socket only looks up the route. */
async function addressTowards(
  {address, port}: typeof ANYWHERE,
  signal: AbortSignal,
): Promise<string | undefined> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  try {
    socket.connect(port, address)
    await once(socket, 'connect', {signal})
    const found = socket.address().address
    return /^(127\.|::1$|fe80:|0\.0\.0\.0$|::$)/.test(found) ? undefined : found
  } catch {
    return undefined
  } finally {
    socket.close()
  }
}
