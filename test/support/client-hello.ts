/** The first message of a TLS client, made by hand: as large and in as many records as a test needs. */
import {randomBytes} from 'node:crypto'

export type ClientHelloOptions = {
  /** The server name (SNI); absent: none. */
  readonly name?: string
  /** Bytes of the whole message with its record headers, at least; default: as few as possible. */
  readonly size?: number
  /** Bytes of a record, without its header; default 16384, the most that TLS allows. */
  readonly recordSize?: number
  /** A key share of X25519MLKEM768, 1216 bytes: with it, the message needs more than one packet of 1460 bytes. */
  readonly postQuantum?: boolean
  /** An encrypted ClientHello inside: then `name` is the outer name. */
  readonly encrypted?: boolean
}

/** https://datatracker.ietf.org/doc/html/rfc8446#section-4.1.2 */
export function clientHello(options: ClientHelloOptions = {}): Buffer {
  const {size = 0, recordSize = 16_384} = options
  const small = records(handshake(extensions(options)), recordSize)
  if (small.length >= size) return small
  // A padding extension (RFC 7685) has a header of 4 bytes.
  const padding = extension(21, Buffer.alloc(size - small.length))
  return records(handshake([...extensions(options), padding]), recordSize)
}

function records(message: Buffer, size: number): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size)
    parts.push(Buffer.from([22, 3, 1]), uint16(part.length), part)
  }
  return Buffer.concat(parts)
}

function handshake(list: readonly Buffer[]): Buffer {
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    randomBytes(32),
    Buffer.from([0]),
    vector(Buffer.from([0x13, 0x01, 0x13, 0x02])),
    Buffer.from([1, 0]),
    vector(Buffer.concat(list)),
  ])
  return Buffer.concat([Buffer.from([1, 0]), uint16(body.length), body])
}

function extensions({name, postQuantum = false, encrypted = false}: ClientHelloOptions): Buffer[] {
  const shares = [keyShare(0x1d, 32), ...(postQuantum ? [keyShare(0x11ec, 1216)] : [])]
  return [
    extension(43, Buffer.from([2, 3, 4])),
    extension(51, vector(Buffer.concat(shares))),
    ...(encrypted ? [extension(0xfe0d, randomBytes(250))] : []),
    ...(name === undefined ? [] : [serverName(name)]),
  ]
}

function keyShare(group: number, length: number): Buffer {
  return Buffer.concat([uint16(group), vector(randomBytes(length))])
}

/** https://datatracker.ietf.org/doc/html/rfc6066#section-3 */
function serverName(name: string): Buffer {
  return extension(0, vector(Buffer.concat([Buffer.from([0]), vector(Buffer.from(name))])))
}

function extension(type: number, data: Buffer): Buffer {
  return Buffer.concat([uint16(type), vector(data)])
}

/** With its length in two bytes before it. */
function vector(data: Buffer): Buffer {
  return Buffer.concat([uint16(data.length), data])
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff])
}

/** What the ClientHello of a client offers; `data` begins with its first record. */
export function describeClientHello(data: Buffer): {
  /** Bytes of the message. */
  readonly size: number
  readonly isEncrypted: boolean
  readonly isPostQuantum: boolean
} {
  const message = messageIn(data)
  // The header of the message, the version and the random bytes.
  let at = 4 + 2 + 32
  at += 1 + message.readUInt8(at)
  at += 2 + message.readUInt16BE(at)
  at += 1 + message.readUInt8(at)
  const byType = new Map<number, Buffer>()
  for (at += 2; at + 4 <= message.length;) {
    const end = at + 4 + message.readUInt16BE(at + 2)
    byType.set(message.readUInt16BE(at), message.subarray(at + 4, end))
    at = end
  }
  return {
    size: message.length,
    isEncrypted: byType.has(0xfe0d),
    isPostQuantum: groupsOf(byType.get(51) ?? Buffer.alloc(2)).includes(0x11ec),
  }
}

function messageIn(data: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at + 5 <= data.length && data[at] === 22;) {
    const end = at + 5 + data.readUInt16BE(at + 3)
    parts.push(data.subarray(at + 5, end))
    at = end
  }
  const message = Buffer.concat(parts)
  return message.subarray(0, 4 + message.readUIntBE(1, 3))
}

function groupsOf(shares: Buffer): number[] {
  const groups: number[] = []
  for (let at = 2; at + 4 <= shares.length; at += 4 + shares.readUInt16BE(at + 2))
    groups.push(shares.readUInt16BE(at))
  return groups
}
