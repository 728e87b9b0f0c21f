/** Connects to a server through a proxy: HTTP CONNECT, or SOCKS 5. */
import {once} from 'node:events'
import http, {type IncomingMessage} from 'node:http'
import {connect, type LookupFunction, type Socket} from 'node:net'
import tls from 'node:tls'
import {messageOf} from '../diagnostics/failure.js'
import type {TlsOptions} from './credentials.js'
import {addressOf, isSocks, loginOf, type HostAndPort} from './proxy.js'

/** The proxy cannot be reached, or refuses; the message continues "the proxy …". */
export class ProxyError extends Error {
  override readonly name = 'ProxyError'
}

export type TunnelOptions = {
  readonly proxy: URL
  /** Aborts the attempt. */
  readonly signal: AbortSignal
  /** Resolves the name of the proxy; default: the system's resolver. */
  readonly lookup?: LookupFunction | undefined
  /** Verifies an HTTPS proxy. */
  readonly trust?: TlsOptions
}

/** A socket that the proxy has connected to `target`. Rejects with a ProxyError, or if `signal` aborts. */
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
  // The next user of the socket handles its errors; until then an error must not be an uncaught exception.
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
  for (let left = MAX_INTERIM; left > 0 && isInterim(answer); left -= 1) answer = await nextAnswer(socket)
  const {statusCode = 0, statusMessage = ''} = answer
  if (statusCode !== 200)
    throw new ProxyError(`answers CONNECT with HTTP ${statusCode} ${statusMessage}`.trim())
}

/** Maximum number of interim responses such as 100 Continue, as in Go. */
const MAX_INTERIM = 5

function isInterim({statusCode = 0}: IncomingMessage): boolean {
  return statusCode >= 100 && statusCode < 200
}

/** Node treats the first response to CONNECT as the final one. A request that is never ended sends nothing, and reads the next response. */
function nextAnswer(socket: Socket): Promise<IncomingMessage> {
  return answerTo(http.request({method: 'CONNECT', createConnection: () => socket}), socket)
}

/** Puts bytes that came after the response back into the socket. */
async function answerTo(asked: http.ClientRequest, socket: Socket): Promise<IncomingMessage> {
  try {
    const [answer, , head] = (await once(asked, 'connect')) as [IncomingMessage, Socket, Buffer]
    if (head.length > 0) socket.unshift(head)
    return answer
  } catch (error) {
    const words = codeOf(error).startsWith('HPE_')
      ? 'does not speak HTTP'
      : `aborts CONNECT: ${reasonOf(error)}`
    throw new ProxyError(words, {cause: error})
  }
}

/** The user name and password of the proxy, as a header. */
export function proxyHeaders(proxy: URL): Readonly<Record<string, string>> {
  const login = loginOf(proxy)
  if (!login) return {}
  const pair = Buffer.from(`${login.name}:${login.password}`).toString('base64')
  return {'proxy-authorization': `Basic ${pair}`}
}

/** The signal limits the attempt: the timeout of the SOCKS client must not end it earlier. */
const MAX_TIMEOUT = 2 ** 31 - 1

/** https://www.rfc-editor.org/rfc/rfc1928: the proxy resolves the name. */
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
      timeout: MAX_TIMEOUT,
    })
  } catch (error) {
    throw new ProxyError(`cannot connect to the server: ${messageOf(error)}`, {cause: error})
  }
}

function codeOf(error: unknown): string {
  const {code} = (error ?? {}) as {code?: unknown}
  return typeof code === 'string' ? code : ''
}

function reasonOf(error: unknown): string {
  return codeOf(error) === 'ECONNREFUSED' ? 'connection refused' : messageOf(error) || codeOf(error)
}
