/**
 * Limits the connections of a server so that no client can starve another one. Connections from this host, such as probes of the
 * kubelet, and connections from other hosts have separate pools.
 */
import type {Server, Socket} from 'node:net'
import ipaddr from 'ipaddr.js'
import {isLocal} from '../util/local-client.js'
import {FairPool} from './fair-pool.js'

export type ConnectionLimits = {
  /** Maximum number of connections from this host. */
  readonly local: number
  /** Maximum number of connections from other hosts. */
  readonly remote: number
  /** Milliseconds after which a connection is reset, active or not. */
  readonly lifetime: number
}

export function limitConnections(server: Server, {local, remote, lifetime}: ConnectionLimits): void {
  const localPool = new FairPool<Socket>(local)
  const remotePool = new FairPool<Socket>(remote)
  server.on('connection', (socket: Socket) => {
    const client = clientOf(socket)
    const pool = isLocal(socket) ? localPool : remotePool
    // A reset frees the kernel's buffers at once, even if the client does not read its answer.
    pool.add(client, socket)?.resetAndDestroy()
    const expiry = setTimeout(() => socket.resetAndDestroy(), lifetime)
    socket.once('close', () => {
      clearTimeout(expiry)
      pool.remove(client, socket)
    })
  })
}

/** The address of the client; for IPv6 its /64, because one client can use all addresses of it. */
function clientOf({remoteAddress = ''}: Socket): string {
  if (!ipaddr.isValid(remoteAddress)) return remoteAddress
  const address = ipaddr.process(remoteAddress)
  return address instanceof ipaddr.IPv6 ? address.parts.slice(0, 4).join(':') : address.toString()
}
