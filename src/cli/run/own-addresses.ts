/** The addresses of this host that clients may connect to. */
import {createSocket} from 'node:dgram'
import {once} from 'node:events'
import {isWildcard} from '../../core/model/listener-key.js'
import {hostAddressReader} from '../../dataplane/nginx/host/host-addresses.js'
import type {Clock} from '../../util/clock.js'
import type {Logger} from '../../util/logger.js'

/** Milliseconds between two checks. */
const CHECK_INTERVAL = 5000

export type OwnAddressesDeps = {
  readonly clock: Clock
  readonly log: Logger
  readonly listenAddresses: readonly string[]
  /** The API server. */
  readonly server: URL | undefined
  readonly find?: typeof ownAddresses
  /** The present addresses of all network interfaces. */
  readonly present?: () => ReadonlySet<string>
}

/** The addresses of this host, which can change while lbex runs, for example by DHCP. */
export class OwnAddresses {
  private found: readonly string[] = []
  private readonly present: () => ReadonlySet<string>

  constructor(private readonly deps: OwnAddressesDeps) {
    this.present = deps.present ?? hostAddressReader()
  }

  get current(): readonly string[] {
    return this.found
  }

  /** Reads the addresses. Keeps the previous ones if the host has no address: a link that is down for a moment must not remove one. */
  async read(signal: AbortSignal): Promise<void> {
    const {listenAddresses, server, find = ownAddresses} = this.deps
    const found = await find(listenAddresses, server, signal)
    if (found.length > 0) this.found = found
  }

  /** Calls `onChange` after each change, until `signal` aborts. */
  async watch(onChange: () => void, signal: AbortSignal): Promise<void> {
    const {clock, log} = this.deps
    while (!signal.aborted) {
      await clock.delay(CHECK_INTERVAL, signal)
      if (this.isUpToDate()) continue
      const before = this.found.join()
      await this.read(signal)
      if (this.found.join() === before) continue
      log.info('the address of this host has changed', {addresses: this.found, before})
      onChange()
    }
  }

  /** An address that the host still has stays, even if the route to the API server now begins at another one. */
  private isUpToDate(): boolean {
    const present = this.present()
    const isFixed = this.deps.listenAddresses.some((address) => !isWildcard(address))
    return isFixed || (this.found.length > 0 && this.found.every((address) => present.has(address)))
  }
}

/** A documentation address, which is on no network: the route to it is the default route. */
const ANYWHERE = {address: '192.0.2.1', port: 9}

/**
 * The addresses that lbex listens on, unless they are wildcards: then the address that the host uses towards the API server, or
 * towards everything else if it reaches the API server over loopback. Empty if the host has no such address. `signal` ends the wait for DNS.
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
