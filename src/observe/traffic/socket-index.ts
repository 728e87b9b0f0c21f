/** Counts sockets in the kernel's tables of sockets. */
import {isWildcard} from '../../core/model/listener-key.js'
import {hexKey, hexPort, parseSocket, type Endpoint, type SocketTable} from '../../util/socket-table.js'

/** ESTABLISHED, and CLOSE_WAIT: the client has sent everything, and may still receive. */
const OPEN = new Set(['01', '08'])

/** Which sockets count for which series: TCP by the local address, UDP by the address of the server. */
export class SocketIndex {
  private readonly local = new Map<string, string>()
  private readonly remote = new Map<string, string | undefined>()

  addListener({address, port}: Endpoint, series: string): void {
    const family = address.includes(':') ? '6' : '4'
    this.local.set(isWildcard(address) ? `${family}*:${hexPort(port)}` : hexKey({address, port}), series)
  }

  /** The sockets of a server that several series use count for none of them. */
  addServer(server: Endpoint, series: string): void {
    const key = hexKey(server)
    const other = this.remote.get(key)
    this.remote.set(key, this.remote.has(key) && other !== series ? undefined : series)
  }

  /** The series that an open socket counts for; undefined: none. `line`: a line of the table. */
  seriesOf(line: string, table: SocketTable): string | undefined {
    const socket = parseSocket(line)
    if (!socket || !OPEN.has(socket.state)) return undefined
    if (table.startsWith('udp')) return this.remote.get(socket.remote)
    const family = table.endsWith('6') ? '6' : '4'
    return this.local.get(socket.local) ?? this.local.get(`${family}*${socket.local.slice(-5)}`)
  }
}

/** Datagrams that the kernel dropped because the socket's buffer was full; undefined if the line is of another socket. */
export function dropsOf(line: string, socket: Endpoint): number | undefined {
  if (parseSocket(line)?.local !== hexKey(socket)) return undefined
  return Number(/ (\d+)\s*$/.exec(line)?.[1] ?? 0)
}
