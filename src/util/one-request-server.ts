/**
 * An HTTP server for requests without a body: it answers the first request of a connection and then closes the connection. The
 * HTTP server of Node.js parses everything that a client sends in one write, perhaps thousands of pipelined requests, before it
 * serves other connections. This one reads a single request head and nothing after it.
 */
import {once} from 'node:events'
import {STATUS_CODES} from 'node:http'
import {createServer, type Server, type Socket} from 'node:net'
import {isLoopback} from './local-client.js'

export type HttpRequest = {
  readonly method: string
  /** Path and query. */
  readonly target: string
  /** By name in lower case. The values of a header that is repeated are joined by a comma. */
  readonly headers: ReadonlyMap<string, string>
  /** True if the connection is between two loopback addresses. */
  readonly isLoopback: boolean
}

export type HttpResponse = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Parts are sent one after the other: to join those of a large page would take as much memory again. */
  readonly text: string | readonly Buffer[]
}

type OneRequestServer = {
  /** Call its listen(). */
  readonly server: Server
  /** Also closes the open connections. */
  readonly close: () => Promise<void>
}

/** Maximum bytes of a request line and its headers. Prometheus and the kubelet send a few hundred. */
const LONGEST_HEAD = 8192

const END_OF_HEAD = /\n\r?\n/
/** An empty line before the request is allowed: https://www.rfc-editor.org/rfc/rfc9112#section-2.2 */
const REQUEST_LINE = /^(?:\r?\n)?([A-Z]+) (\S+) HTTP\/1\.(\d)\r?\n/
const WHOLE_LINE = /^\s*\S[^\n]*\n/
const ORIGIN = /^https?:\/\/[^/?#]*/i

export function createOneRequestServer(
  handle: (request: HttpRequest) => Promise<HttpResponse>,
): OneRequestServer {
  const open = new Set<Socket>()
  // A client may half-close the connection after its request.
  const server = createServer({allowHalfOpen: true}, (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    // The client has reset the connection: no answer is possible.
    socket.on('error', () => {})
    readHead(socket, (head) => void answer(socket, head, handle))
  })
  return {
    server,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

/** Calls `done` once, with everything up to the end of the head, or up to the point at which the head is known to be invalid. */
function readHead(socket: Socket, done: (head: string) => void): void {
  let head = ''
  const finish = (): void => {
    socket.removeAllListeners('data').removeAllListeners('end').pause()
    done(head)
  }
  socket.on('end', () => (head === '' ? socket.destroy() : finish()))
  socket.on('data', (data: Buffer) => {
    const unsearched = Math.max(0, head.length - 2)
    head += data.toString('latin1', 0, LONGEST_HEAD - head.length)
    const isWhole = END_OF_HEAD.test(head.slice(unsearched))
    if (isWhole || head.length >= LONGEST_HEAD || !mayBeRequest(head)) finish()
  })
}

/** Detects other protocols early: a TLS client, for example, waits for an answer before it sends more. */
function mayBeRequest(beginning: string): boolean {
  if (!/^[\r\nA-Z]/.test(beginning)) return false
  return REQUEST_LINE.test(beginning) || !WHOLE_LINE.test(beginning)
}

async function answer(
  socket: Socket,
  head: string,
  handle: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<void> {
  const request = parse(head)
  const answered = request && handle({...request, isLoopback: isLoopback(socket)})
  const {status, headers, text} = (await answered) ?? refusal(head)
  const fields = {
    Date: new Date().toUTCString(),
    ...headers,
    'Content-Length': lengthOf(text),
    Connection: 'close',
  }
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`),
  ]
  const body = request?.method === 'HEAD' ? '' : text
  const start = `${lines.join('\r\n')}\r\n\r\n`
  if (typeof body === 'string') socket.write(start + body)
  else writeParts(socket, start, body)
  socket.destroySoon()
}

function lengthOf(text: HttpResponse['text']): number {
  if (typeof text === 'string') return Buffer.byteLength(text)
  return text.reduce((sum, part) => sum + part.length, 0)
}

/** With as few system calls as one text. */
function writeParts(socket: Socket, start: string, parts: readonly Buffer[]): void {
  socket.cork()
  socket.write(start)
  for (const part of parts) socket.write(part)
  socket.uncork()
}

/** Undefined if `text` is not the head of a valid request. */
function parse(text: string): Omit<HttpRequest, 'isLoopback'> | undefined {
  const end = END_OF_HEAD.exec(text)
  const head = end ? text.slice(0, end.index + 1) : ''
  const [line = '', method, target, version] = REQUEST_LINE.exec(head) ?? []
  if (method === undefined || target === undefined) return undefined
  const fields = head.slice(line.length)
  const hosts = fields.match(/^host:/gim) ?? []
  // https://www.rfc-editor.org/rfc/rfc9112#section-3.2
  if (hosts.length > 1 || (hosts.length === 0 && version !== '0')) return undefined
  const path = target.replace(ORIGIN, '')
  return {
    method,
    target: path.startsWith('/') || path === target ? path : `/${path}`,
    headers: parseHeaders(fields),
  }
}

/** Lines of another form are ignored: no client that needs them is answered differently. */
function parseHeaders(fields: string): Map<string, string> {
  const headers = new Map<string, string>()
  for (const line of fields.split(/\r?\n/)) {
    const [, name = '', value = ''] = /^([\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
    if (name === '') continue
    const key = name.toLowerCase()
    const earlier = headers.get(key)
    headers.set(key, earlier === undefined ? value : `${earlier}, ${value}`)
  }
  return headers
}

function refusal(head: string): HttpResponse {
  const status = head.length >= LONGEST_HEAD && !END_OF_HEAD.test(head) ? 431 : 400
  return {status, text: `${STATUS_CODES[status]?.toLowerCase()}\n`}
}
