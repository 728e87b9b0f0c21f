/**
 * Counts sockets in the text of /proc/net/{tcp,tcp6,udp,udp6} (https://docs.kernel.org/networking/proc_net_tcp.html). It has
 * addresses as hexadecimal numbers in the byte order of the host.
 */
import {endianness} from 'node:os'
import ipaddr from 'ipaddr.js'
import {isWildcard} from '../../core/model/listener-key.js'

export type SocketFile = 'tcp' | 'tcp6' | 'udp' | 'udp6'

export type Endpoint = {readonly address: string; readonly port: number}

/** ESTABLISHED, and CLOSE_WAIT: the client has sent everything, and may still receive. */
const OPEN = new Set(['01', '08'])

const SOCKET =
  /^\s*\d+: ([\dA-F]{8}|[\dA-F]{32}):([\dA-F]{4}) ([\dA-F]{8}|[\dA-F]{32}):([\dA-F]{4}) ([\dA-F]{2}) /

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

  /** The series that an open socket counts for; undefined: none. `line`: a line of the file. */
  seriesOf(line: string, file: SocketFile): string | undefined {
    const match = SOCKET.exec(line)
    if (!match || !OPEN.has(match[5] ?? '')) return undefined
    const [, local = '', port = '', remote = '', remotePort = ''] = match
    if (file.startsWith('udp')) return this.remote.get(`${remote}:${remotePort}`)
    const family = file.endsWith('6') ? '6' : '4'
    return this.local.get(`${local}:${port}`) ?? this.local.get(`${family}*:${port}`)
  }
}

/** Datagrams that the kernel dropped because the socket's buffer was full; undefined if the line is of another socket. */
export function dropsOf(line: string, socket: Endpoint): number | undefined {
  const match = SOCKET.exec(line)
  if (!match || `${match[1]}:${match[2]}` !== hexKey(socket)) return undefined
  return Number(/ (\d+)\s*$/.exec(line)?.[1] ?? 0)
}

function hexPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0')
}

function hexKey({address, port}: Endpoint): string {
  const bytes = ipaddr.parse(address).toByteArray()
  let hex = ''
  for (let at = 0; at < bytes.length; at += 4) {
    const word = bytes.slice(at, at + 4)
    const ordered = endianness() === 'LE' ? word.reverse() : word
    hex += ordered.map((byte) => byte.toString(16).padStart(2, '0')).join('')
  }
  return `${hex.toUpperCase()}:${hexPort(port)}`
}
