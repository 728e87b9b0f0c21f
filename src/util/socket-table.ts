/**
 * The kernel's tables of sockets, /proc/net/{tcp,tcp6,udp,udp6} (https://docs.kernel.org/networking/proc_net_tcp.html). They have
 * addresses as hexadecimal numbers in the byte order of the host.
 */
import {open} from 'node:fs/promises'
import {endianness} from 'node:os'
import ipaddr from 'ipaddr.js'

export type SocketTable = 'tcp' | 'tcp6' | 'udp' | 'udp6'

export type Endpoint = {readonly address: string; readonly port: number}

export type TableSocket = {
  /** As hexKey writes them. */
  readonly local: string
  readonly remote: string
  /** Two hexadecimal digits: `01` is ESTABLISHED. */
  readonly state: string
  /** `0` if no process has the socket any more. */
  readonly inode: string
}

/** The tables of the network namespace of this process. */
const FOLDER = '/proc/net'

/** Bytes per read: some hundred sockets. */
const CHUNK = 64 * 1024

const SOCKET =
  /^\s*\d+: ((?:[\dA-F]{8}|[\dA-F]{32}):[\dA-F]{4}) ((?:[\dA-F]{8}|[\dA-F]{32}):[\dA-F]{4}) ([\dA-F]{2}) \S+ \S+ \S+ +\d+ +\d+ (\d+)/

/** Undefined for a line that is not a socket, such as the first one. */
export function parseSocket(line: string): TableSocket | undefined {
  const match = SOCKET.exec(line)
  if (!match) return undefined
  const [, local = '', remote = '', state = '', inode = ''] = match
  return {local, remote, state, inode}
}

/** Some lines at a time. None if the table cannot be read: the kernel may have no IPv6. */
export async function* socketLines(table: SocketTable, folder = FOLDER): AsyncGenerator<string[]> {
  const file = await open(`${folder}/${table}`, 'r').catch(() => undefined)
  if (!file) return
  try {
    const buffer = Buffer.allocUnsafe(CHUNK)
    let rest = ''
    for (;;) {
      const {bytesRead} = await file.read(buffer, 0, CHUNK, null)
      if (bytesRead === 0) return
      const lines = (rest + buffer.toString('latin1', 0, bytesRead)).split('\n')
      rest = lines.pop() ?? ''
      yield lines
    }
  } catch {
    // The kernel refuses to read further: what was read counts.
  } finally {
    await file.close()
  }
}

export function hexPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0')
}

/** As the tables have an address with its port. */
export function hexKey({address, port}: Endpoint): string {
  const bytes = ipaddr.parse(address).toByteArray()
  const hex = wordsOf(bytes).map((word) => word.map((byte) => byte.toString(16).padStart(2, '0')).join(''))
  return `${hex.join('').toUpperCase()}:${hexPort(port)}`
}

/** The reverse of hexKey. */
export function endpointOf(key: string): Endpoint {
  const [hex = '', port = ''] = key.split(':')
  const bytes = wordsOf([...Buffer.from(hex, 'hex')]).flat()
  return {address: ipaddr.fromByteArray(bytes).toString(), port: Number.parseInt(port, 16)}
}

/** The bytes of each word of 32 bits, in the order of the host or back. */
function wordsOf(bytes: readonly number[]): number[][] {
  const words = Array.from({length: bytes.length / 4}, (_, index) => bytes.slice(index * 4, index * 4 + 4))
  return endianness() === 'LE' ? words.map((word) => word.reverse()) : words
}
