/**
 * Limits the connections of a server so that no client can keep the answers from another one. Connections from this host,
 * such as the probes of the kubelet, and those from other hosts have a pool each.
 */
import type {Server, Socket} from 'node:net'
import ipaddr from 'ipaddr.js'
import {FairPool} from './fair-pool.js'

export type ConnectionLimits = {
  /** How many connections from this host. */
  readonly local: number
  /** How many connections from other hosts. */
  readonly remote: number
  /** Milliseconds from its beginning until a connection is reset, whatever happens on it. */
  readonly lifetime: number
}

export function limitConnections(server: Server, {local, remote, lifetime}: ConnectionLimits): void {
  const localPool = new FairPool<Socket>(local)
  const remotePool = new FairPool<Socket>(remote)
  server.on('connection', (socket: Socket) => {
    const client = clientOf(socket)
    const pool = isLocal(socket) ? localPool : remotePool
    // A reset frees the buffers of the kernel at once, also those of an answer that the client does not read.
    pool.add(client, socket)?.resetAndDestroy()
    const expiry = setTimeout(() => socket.resetAndDestroy(), lifetime)
    socket.once('close', () => {
      clearTimeout(expiry)
      pool.remove(client, socket)
    })
  })
}

/** The address of the client. In IPv6 the whole /64, because a client has all addresses of it. */
function clientOf({remoteAddress = ''}: Socket): string {
  if (!ipaddr.isValid(remoteAddress)) return remoteAddress
  const address = ipaddr.process(remoteAddress)
  return address instanceof ipaddr.IPv6 ? address.parts.slice(0, 4).join(':') : address.toString()
}

/** A client on this host connects to one of its own addresses from that same address, or from a loopback address. */
function isLocal({remoteAddress = '', localAddress}: Socket): boolean {
  if (remoteAddress === localAddress) return true
  return ipaddr.isValid(remoteAddress) && ipaddr.process(remoteAddress).range() === 'loopback'
}
