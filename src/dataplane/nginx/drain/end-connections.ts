/**
 * Ends connections of NGINX to servers. NGINX cannot do that itself, so the kernel does: SOCK_DESTROY, through `ss -K` of iproute2
 * (https://man7.org/linux/man-pages/man8/ss.8.html). NGINX then closes the connection of the client, as if the server had failed.
 */
import {hexKey, parseSocket, socketLines, type SocketTable} from '../../../util/socket-table.js'
import type {Clock} from '../../../util/clock.js'
import {runInSlices} from '../../../util/time-slices.js'
import type {EndedConnections, ServerAddress} from '../../data-plane.js'
import type {ProcessRef} from '../process/processes.js'
import {destroySockets, type Connection} from './destroy-sockets.js'
import {socketsOfProcesses} from './own-sockets.js'

export type EndConnectionsDeps = {
  /** Returns all workers of our NGINX, also those of earlier generations. */
  readonly workers: () => readonly ProcessRef[]
  readonly clock: Clock
}

/** ESTABLISHED, SYN_SENT, FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT, LAST_ACK: the states of a connection that a process may have. */
const STATES = new Set(['01', '02', '04', '05', '08', '09'])

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

/** By inode: the sockets of all programs on this host that are connected to one of the servers. */
async function connectionsTo(servers: readonly ServerAddress[]): Promise<Map<string, Connection>> {
  const wanted = new Set(servers.map((server) => `${server.protocol} ${hexKey(server)}`))
  const found = new Map<string, Connection>()
  for (const table of TABLES) {
    const protocol = table.startsWith('udp') ? 'UDP' : 'TCP'
    for await (const lines of socketLines(table)) {
      for (const line of lines) {
        const socket = parseSocket(line)
        if (!socket || !STATES.has(socket.state) || !wanted.has(`${protocol} ${socket.remote}`)) continue
        found.set(socket.inode, {protocol, local: socket.local, remote: socket.remote})
      }
    }
  }
  return found
}
