/** A connection to a server through a proxy: CONNECT of HTTP, or SOCKS 5. */
import {once} from 'node:events'
import http, {type IncomingMessage} from 'node:http'
import {connect, type LookupFunction, type Socket} from 'node:net'
import tls from 'node:tls'
import {messageOf} from '../diagnostics/failure.js'
import type {TlsOptions} from './credentials.js'
import {addressOf, isSocks, loginOf, type HostAndPort} from './proxy.js'

/** The proxy cannot be reached, or refuses; the message goes on from "the proxy …". */
export class ProxyError extends Error {
  override readonly name = 'ProxyError'
}

export type TunnelOptions = {
  readonly proxy: URL
  /** Ends the attempt. */
  readonly signal: AbortSignal
  /** For the name of the proxy; default: the system's. */
  readonly lookup?: LookupFunction | undefined
  /** For a proxy that speaks TLS itself. */
  readonly trust?: TlsOptions
}

/** The socket of a connection to `target` that the proxy has made. Rejects with a ProxyError, or if `signal` aborts. */
export async function openTunnel(target: HostAndPort, options: TunnelOptions): Promise<Socket> {
  const socket = await connectToProxy(options)
  const abort = (): void => void socket.destroy()
  options.signal.addEventListener('abort', abort, {once: true})
  try {
    await (isSocks(options.proxy) ? askSocks : askConnect)(target, socket, options.proxy)
    options.signal.throwIfAborted()
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    options.signal.removeEventListener('abort', abort)
  }
}

/** A connection to the proxy itself. Rejects with a ProxyError, or if `signal` aborts. */
export async function connectToProxy({proxy, signal, lookup, trust}: TunnelOptions): Promise<Socket> {
  signal.throwIfAborted()
  const to = {...addressOf(proxy), ...(lookup && {lookup})}
  const secure = proxy.protocol === 'https:'
  const socket = secure ? tls.connect({...to, ...trust, ALPNProtocols: ['http/1.1']}) : connect(to)
  // The next user of the socket handles its errors; until then they must not be thrown.
  socket.on('error', () => {})
  try {
    await once(socket, secure ? 'secureConnect' : 'connect', {signal})
    return socket
  } catch (error) {
    socket.destroy()
    signal.throwIfAborted()
    throw new ProxyError(`cannot be reached: ${reasonOf(error)}`, {cause: error})
  }
}

/** https://www.rfc-editor.org/rfc/rfc9110#CONNECT */
async function askConnect(target: HostAndPort, socket: Socket, proxy: URL): Promise<void> {
  const path = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`
  const headers = {host: path, ...proxyHeaders(proxy)}
  const asked = http.request({method: 'CONNECT', path, headers, createConnection: () => socket})
  asked.end()
  let answer = await answerTo(asked, socket)
  for (let left = MOST_INTERIM; left > 0 && isInterim(answer); left -= 1) answer = await nextAnswer(socket)
  const {statusCode = 0, statusMessage = ''} = answer
  if (statusCode !== 200)
    throw new ProxyError(`answers CONNECT with HTTP ${statusCode} ${statusMessage}`.trim())
}

/** Answers such as 100 Continue that may come before the one that counts; Go takes as many. */
const MOST_INTERIM = 5

function isInterim({statusCode = 0}: IncomingMessage): boolean {
  return statusCode >= 100 && statusCode < 200
}

/** Node takes the first answer to CONNECT for the only one. A request that is never ended sends nothing, and reads the next. */
function nextAnswer(socket: Socket): Promise<IncomingMessage> {
  return answerTo(http.request({method: 'CONNECT', createConnection: () => socket}), socket)
}

/** What came after the answer goes back into the socket. */
async function answerTo(asked: http.ClientRequest, socket: Socket): Promise<IncomingMessage> {
  try {
    const [answer, , head] = (await once(asked, 'connect')) as [IncomingMessage, Socket, Buffer]
    if (head.length > 0) socket.unshift(head)
    return answer
  } catch (error) {
    const words = codeOf(error).startsWith('HPE_')
      ? 'does not speak HTTP'
      : `breaks off CONNECT: ${reasonOf(error)}`
    throw new ProxyError(words, {cause: error})
  }
}

/** Name and password of the proxy, as a header. */
export function proxyHeaders(proxy: URL): Readonly<Record<string, string>> {
  const login = loginOf(proxy)
  if (!login) return {}
  const pair = Buffer.from(`${login.name}:${login.password}`).toString('base64')
  return {'proxy-authorization': `Basic ${pair}`}
}

/** The signal ends the attempt: the client's own limit must not do so earlier. */
const NO_LIMIT = 2 ** 31 - 1

/** https://www.rfc-editor.org/rfc/rfc1928: the proxy looks up the name. */
async function askSocks(destination: HostAndPort, socket: Socket, proxy: URL): Promise<void> {
  const {SocksClient} = await import('./socks-client.js')
  const login = loginOf(proxy)
  const credentials = login && {userId: login.name, password: login.password}
  try {
    await SocksClient.createConnection({
      proxy: {...addressOf(proxy), type: 5, ...credentials},
      command: 'connect',
      destination: {...destination},
      existing_socket: socket,
      timeout: NO_LIMIT,
    })
  } catch (error) {
    throw new ProxyError(`makes no connection: ${messageOf(error)}`, {cause: error})
  }
}

function codeOf(error: unknown): string {
  const {code} = (error ?? {}) as {code?: unknown}
  return typeof code === 'string' ? code : ''
}

function reasonOf(error: unknown): string {
  return codeOf(error) === 'ECONNREFUSED' ? 'it refuses the connection' : messageOf(error) || codeOf(error)
}
