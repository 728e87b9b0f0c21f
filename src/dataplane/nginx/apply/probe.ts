/** Finds the listeners that NGINX could not bind, because NGINX would refuse a whole configuration for one of them. */
import {createSocket} from 'node:dgram'
import {createServer} from 'node:net'
import {isWildcard, portId, type ListenerKey} from '../../../core/model/listener-key.js'
import {bindErrorOf, type BindError} from '../../../diagnostics/bind-error.js'
import {mapLimited} from '../../../util/concurrency.js'
import {onPortsOf, overlaps} from './listeners.js'
import type {UnavailableListener} from '../../data-plane.js'

/** Sockets that are open at the same time. */
const BATCH = 64

/** If lbex itself lacks resources, the probe has no result for the listener: NGINX finds out itself. */
const OUR_SHORTAGE: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'])

/** Binds each listener for a moment; returns those that are unavailable, with the reason. */
export async function probeListeners(keys: readonly ListenerKey[]): Promise<UnavailableListener[]> {
  const unavailable = await mapLimited(keys, BATCH, async (key) => {
    const error = errorOf(await (key.protocol === 'TCP' ? bindTcp(key) : bindUdp(key)))
    return error === undefined ? undefined : {key, error}
  })
  return unavailable.flatMap((each) => each ?? [])
}

/**
 * The listeners whose address this host does not have. NGINX keeps the socket of an address that was removed from the host, but
 * refuses its next configuration. So each address is bound on any free port, also if NGINX holds listeners on it.
 */
export async function probeAddresses(keys: readonly ListenerKey[]): Promise<UnavailableListener[]> {
  const addresses = [...new Set(keys.map(({address}) => address))].filter((each) => !isWildcard(each))
  const errors = await mapLimited(addresses, BATCH, async (address) =>
    errorOf(await bindUdp({address, port: 0, protocol: 'UDP'})),
  )
  const missing = new Map(addresses.map((address, index) => [address, errors[index]]))
  return keys.flatMap((key) => {
    const error = missing.get(key.address)
    return error === undefined ? [] : [{key, error}]
  })
}

/**
 * The listeners that can be probed while NGINX holds `owned`, and at the same time as each other. Leaves out listeners on a port
 * that NGINX holds on the same address or the wildcard, wildcards on a port that NGINX holds on some address, and addresses that
 * another listener's wildcard covers.
 */
export function notOwned(keys: readonly ListenerKey[], owned: readonly ListenerKey[]): ListenerKey[] {
  const ownedByPort = byPort(onPortsOf(keys, owned))
  const wildcards = byPort(keys.filter(({address}) => isWildcard(address)))
  // A key of NGINX may be the same object as the candidate, so keys are compared by value.
  const isOwned = (key: ListenerKey): boolean =>
    (ownedByPort.get(portId(key)) ?? []).some((other) => overlaps(key, other))
  const isCovered = (key: ListenerKey): boolean => !isWildcard(key.address) && wildcards.has(portId(key))
  return keys.filter((key) => !isOwned(key) && !isCovered(key))
}

function byPort(keys: readonly ListenerKey[]): Map<string, ListenerKey[]> {
  const groups = new Map<string, ListenerKey[]>()
  for (const key of keys) {
    const group = groups.get(portId(key))
    if (group) group.push(key)
    else groups.set(portId(key), [key])
  }
  return groups
}

function errorOf(error: NodeJS.ErrnoException | undefined): BindError | undefined {
  if (!error || OUR_SHORTAGE.has(error.code ?? '')) return undefined
  return bindErrorOf(error.code, error.message)
}

function bindTcp({address, port}: ListenerKey): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy())
    server.on('error', resolve)
    server.listen({host: address, port, exclusive: true, ipv6Only: true}, () =>
      server.close(() => resolve(undefined)),
    )
  })
}

/** Without SO_REUSEADDR or SO_REUSEPORT: with them two programs would share the port, and split the datagrams. */
function bindUdp({address, port}: ListenerKey): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const ipv6 = address.includes(':')
    const socket = createSocket({type: ipv6 ? 'udp6' : 'udp4', ipv6Only: ipv6})
    socket.on('error', (error) => {
      socket.close()
      resolve(error)
    })
    socket.bind({address, port, exclusive: true}, () => socket.close(() => resolve(undefined)))
  })
}
