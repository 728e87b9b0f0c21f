/**
 * Ends connections of NGINX to servers. NGINX cannot do that itself, so the kernel does: SOCK_DESTROY, through `ss -K` of iproute2
 * (https://man7.org/linux/man-pages/man8/ss.8.html). NGINX then closes the connection of the client, as if the server had failed.
 */
import {hexKey, parseSocket, socketLines, type SocketTable} from '../../../util/socket-table.js'
import type {Clock} from '../../../util/clock.js'
import {runInSlices} from '../../../util/time-slices.js'
import type {EndedConnections, ServerAddress} from '../../data-plane.js'
import type {ProcessRef} from '../process/processes.js'
import {clientPorts} from './client-ports.js'
import {destroySockets, type Connection} from './destroy-sockets.js'
import {socketsOfProcesses} from './own-sockets.js'

export type EndConnectionsDeps = {
  /** Returns all workers of our NGINX, also those of earlier generations. */
  readonly workers: () => readonly ProcessRef[]
  readonly clock: Clock
}

/** ESTABLISHED, SYN_SENT, FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT, LAST_ACK: the states of a connection that a process may have. */
const STATES = new Set(['01', '02', '04', '05', '08', '09'])

const LISTEN = '0A'

const TABLES: readonly SocketTable[] = ['tcp', 'tcp6', 'udp', 'udp6']

/** See DataPlane. One pass over the kernel's tables, however many servers and connections there are. */
export async function endConnections(
  servers: readonly ServerAddress[],
  {workers, clock}: EndConnectionsDeps,
): Promise<EndedConnections> {
  const candidates = await connectionsTo(servers)
  if (candidates.size === 0) return {found: 0, ended: 0}
  const owned = await runInSlices(socketsOfProcesses(workers(), new Set(candidates.keys())), clock)
  const connections = [...owned].flatMap((inode) => candidates.get(inode) ?? [])
  return {found: connections.length, ended: await destroySockets(connections)}
}

/**
 * By inode: the sockets with which any program on this host is connected to one of the servers. Not the sockets of clients: anyone who
 * can name a server can name the address and port of a client, to end its connection. A socket that was accepted has the port of its
 * listener. The kernel never chooses a port that has a listener, or one outside its range, for a connection to a server.
 */
async function connectionsTo(servers: readonly ServerAddress[]): Promise<Map<string, Connection>> {
  const wanted = new Set(servers.map((server) => `${server.protocol} ${hexKey(server)}`))
  const isClientPort = await clientPorts()
  const listening = new Set<string>()
  const found = new Map<string, Connection>()
  for (const table of TABLES) {
    const protocol = table.startsWith('udp') ? 'UDP' : 'TCP'
    for await (const lines of socketLines(table)) {
      for (const line of lines) {
        const socket = parseSocket(line)
        if (socket?.state === LISTEN) listening.add(portOf(socket.local))
        if (!socket || !STATES.has(socket.state) || !wanted.has(`${protocol} ${socket.remote}`)) continue
        if (isClientPort(Number.parseInt(portOf(socket.local), 16)))
          found.set(socket.inode, {protocol, local: socket.local, remote: socket.remote})
      }
    }
  }
  const accepted = ({protocol, local}: Connection) => protocol === 'TCP' && listening.has(portOf(local))
  return new Map([...found].filter(([, connection]) => !accepted(connection)))
}

/** Hexadecimal. */
function portOf(key: string): string {
  return key.slice(key.indexOf(':') + 1)
}
