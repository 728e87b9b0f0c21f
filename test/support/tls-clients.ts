/** Real TLS servers and clients that know each other by name, and take any certificate. */
import {once} from 'node:events'
import {createServer} from 'node:https'
import {connect as connectTcp, type AddressInfo} from 'node:net'
import {connect, type TLSSocket} from 'node:tls'
import {run} from '../../src/util/run-program.js'
import {SERVER} from './api-double/certificates.js'
import type {Backend} from './backends.js'
import {scaled} from './timeouts.js'

/** What a client gets when its connection is closed without an answer. */
export const CLOSED = 'closed'

/** An HTTPS server that answers with its name. */
export async function startTlsBackend(name: string): Promise<Backend> {
  let served = 0
  const server = createServer(SERVER, (_, response) => {
    served += 1
    response.writeHead(200, {connection: 'close'}).end(name)
  })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    name,
    port: (server.address() as AddressInfo).port,
    get served() {
      return served
    },
    open: 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Asks the port on 127.0.0.1 for a server name, or without one; the name of the backend, or CLOSED. */
export type TlsClient = (port: number, name: string | undefined) => Promise<string>

const REQUEST = 'GET / HTTP/1.0\r\n\r\n'
const LIMIT = {timeout: scaled(20_000)}

export const TLS_CLIENTS: Readonly<Record<'node' | 'curl' | 'openssl', TlsClient>> = {
  node: (port, servername) =>
    new Promise((resolve) => {
      const options = {port, host: '127.0.0.1', rejectUnauthorized: false}
      const socket: TLSSocket = connect({...options, ...(servername !== undefined && {servername})})
      let answer = ''
      socket.on('secureConnect', () => void socket.write(REQUEST))
      socket.on('data', (data: Buffer) => (answer += data.toString()))
      socket.on('error', () => socket.destroy())
      socket.on('close', () => resolve(bodyOf(answer)))
    }),
  /** curl sends no server name for an address. */
  curl: async (port, name) => {
    const host = name ?? '127.0.0.1'
    const where = ['--resolve', `${host}:${port}:127.0.0.1`, `https://${host}:${port}/`]
    const {exitCode, stdout} = await run('curl', ['-q', '-sk', '--noproxy', '*', ...where], LIMIT)
    return exitCode === 0 ? stdout : CLOSED
  },
  openssl: async (port, name) => {
    const parameters = ['s_client', '-connect', `127.0.0.1:${port}`, '-quiet', '-ign_eof']
    const sni = name === undefined ? ['-noservername'] : ['-servername', name]
    const {stdout} = await run('openssl', [...parameters, ...sni], {...LIMIT, input: REQUEST})
    return bodyOf(stdout)
  },
}

function bodyOf(answer: string): string {
  return answer.includes('\r\n\r\n') ? (answer.split('\r\n\r\n')[1] ?? '') : CLOSED
}

/**
 * Sends bytes in pieces, each in a packet of its own; what comes back until `until` bytes have arrived or the connection ends.
 * An empty answer means that the connection was closed.
 */
export async function sendPieces(
  port: number,
  data: Buffer,
  {piece = data.length, until, from}: {piece?: number; until: number; from?: string},
): Promise<Buffer> {
  const socket = connectTcp({port, host: '127.0.0.1', noDelay: true, localAddress: from})
  const received: Buffer[] = []
  let count = 0
  const ended = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      received.push(chunk)
      count += chunk.length
      if (count >= until) resolve()
    })
    for (const event of ['end', 'error', 'close']) socket.on(event, () => resolve())
  })
  await once(socket, 'connect')
  for (let at = 0; at < data.length && !socket.destroyed; at += piece) {
    socket.write(data.subarray(at, at + piece))
    await new Promise((resolve) => setImmediate(resolve))
  }
  await ended
  socket.destroy()
  return Buffer.concat(received)
}
