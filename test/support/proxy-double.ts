/** A proxy on loopback: CONNECT and whole URLs of HTTP, or SOCKS 5; with a fault, if a test wants one. */
import {
  createServer as createHttpServer,
  request as ask,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import {connect, createServer, type AddressInfo, type Server, type Socket} from 'node:net'

export type ProxyFault =
  /** An HTTP status, or a reply code of SOCKS. */
  | {readonly kind: 'refuse'; readonly with: number}
  /** Takes the connection, and never says anything. */
  | {readonly kind: 'silence'}
  | {readonly kind: 'reset'}
  | {readonly kind: 'say'; readonly text: string}

export class ProxyDouble {
  fault: ProxyFault | undefined
  /** What a proxy of HTTP says before its answer to CONNECT. */
  interim = ''
  /** Where the client asked to go, in its own words: `host:port`, or a URL. */
  readonly asked: string[] = []
  /** The Proxy-Authorization headers, or NAME:PASSWORD of SOCKS. */
  readonly logins: string[] = []
  /** Addresses of names: nothing else of them is known to the system. */
  readonly hosts = new Map<string, string>()
  private readonly sockets = new Set<Socket>()
  private readonly server: Server

  constructor(readonly scheme: 'http' | 'socks5') {
    this.server =
      scheme === 'http' ? this.httpServer() : createServer((socket) => void this.serveSocks(socket))
    this.server.on('connection', (socket: Socket) => this.keep(socket))
  }

  get url(): string {
    return `${this.scheme}://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  get openConnections(): number {
    return this.sockets.size
  }

  async start(port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve))
    return this
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket)
    socket.on('error', () => {}).on('close', () => this.sockets.delete(socket))
    const {fault} = this
    if (fault?.kind === 'reset') socket.once('data', () => socket.resetAndDestroy())
    if (fault?.kind === 'say') socket.end(fault.text)
  }

  private httpServer(): Server {
    const server = createHttpServer((request, response) => this.forward(request, response))
    return server.on('connect', ({url = '', headers}: IncomingMessage, socket: Socket) => {
      this.asked.push(url)
      this.logins.push(headers['proxy-authorization'] ?? '')
      const {fault} = this
      if (fault?.kind === 'refuse') return void socket.end(`HTTP/1.1 ${fault.with} No\r\n\r\n`)
      // The end of what is not read is not seen, and a server of Node keeps its own half open.
      if (fault) return void socket.resume().on('end', () => socket.destroy())
      const [, host = '', port] = /^\[?(.*?)\]?:(\d+)$/.exec(url) ?? []
      this.join(socket, host, Number(port), () =>
        socket.write(`${this.interim}HTTP/1.1 200 Connection established\r\n\r\n`),
      )
    })
  }

  private forward(request: IncomingMessage, response: ServerResponse): void {
    const {url = '', method, headers} = request
    this.asked.push(url)
    this.logins.push(headers['proxy-authorization'] ?? '')
    const {fault} = this
    if (fault?.kind === 'refuse') return void response.writeHead(fault.with).end()
    if (fault) return
    const onward = ask(url, {method, headers}, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers)
      answer.pipe(response)
    })
    request.pipe(onward.on('error', () => response.destroy()))
    response.on('close', () => onward.destroy())
  }

  /** https://www.rfc-editor.org/rfc/rfc1928, https://www.rfc-editor.org/rfc/rfc1929 */
  private async serveSocks(socket: Socket): Promise<void> {
    if (this.fault && this.fault.kind !== 'refuse') return void socket.resume()
    const [, , ...methods] = await nextOf(socket)
    socket.write(Buffer.from([5, methods.includes(2) ? 2 : 0]))
    if (methods.includes(2)) {
      const login = await nextOf(socket)
      const end = 2 + (login[1] ?? 0)
      this.logins.push(`${login.toString('utf8', 2, end)}:${login.toString('utf8', end + 1)}`)
      socket.write(Buffer.from([1, 0]))
    }
    const wanted = await nextOf(socket)
    const host = wanted[3] === 3 ? wanted.subarray(5, -2).toString() : wanted.subarray(4, 8).join('.')
    const port = wanted.readUInt16BE(wanted.length - 2)
    this.asked.push(`${host}:${port}`)
    const reply = (code: number) => socket.write(Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]))
    if (this.fault?.kind === 'refuse') return void reply(this.fault.with)
    this.join(socket, host, port, () => reply(0))
  }

  private join(socket: Socket, host: string, port: number, joined: () => void): void {
    const onward = connect({host: this.hosts.get(host) ?? host, port}, joined)
    this.keep(onward)
    socket.pipe(onward).pipe(socket)
    onward.on('close', () => socket.destroy())
    socket.on('close', () => onward.destroy())
  }
}

function nextOf(socket: Socket): Promise<Buffer> {
  return new Promise((resolve) => socket.once('data', resolve))
}
