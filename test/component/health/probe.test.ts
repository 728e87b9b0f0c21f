import assert from 'node:assert/strict'
import {createSocket} from 'node:dgram'
import {once} from 'node:events'
import {createServer as createHttpServer} from 'node:http'
import {createServer, type AddressInfo, type Socket} from 'node:net'
import {createServer as createTlsServer, type TlsOptions} from 'node:tls'
import {readAuthorities} from '../../../src/core/cluster/credentials.js'
import type {HealthCheck} from '../../../src/core/intent/health-check.js'
import {probeTarget, type ProbeTarget} from '../../../src/core/model/probe-target.js'
import {probe} from '../../../src/health/probe.js'
import {failed, type ProbeResult, type RunningProbe} from '../../../src/health/probe-result.js'
import {contextFor} from '../../../src/health/tls-handshake.js'
import {startFullBackend} from '../../support/backends.js'
import {certificateText, credentialOf} from '../../support/certificates.js'
import {waitFor} from '../../support/wait.js'

const DEFAULTS: HealthCheck = {
  ...{id: 'a', type: 'tcp', path: '/'},
  ...{interval: 5000, timeout: 30_000, rise: 2, fall: 3},
}
/** For probes that must run into it. */
const SHORT = 200

type Closing = () => unknown

describe('probes', () => {
  let closing: Closing[]
  beforeEach(() => {
    closing = []
  })
  afterEach(async () => {
    for (const close of closing) await close()
  })

  const run = (port: number, check: Partial<HealthCheck>) =>
    probeOnce(probeTarget({address: '127.0.0.1', port}, {...DEFAULTS, ...check}, 'default'))

  /** As the monitor does it. */
  async function probeOnce(target: ProbeTarget): Promise<ProbeResult> {
    const {timeout} = target.check
    let running: RunningProbe | undefined
    let timer: NodeJS.Timeout | undefined
    try {
      return await new Promise<ProbeResult>((resolve) => {
        running = probe(target, resolve)
        const {atTimeout = failed(`no answer within ${timeout} ms`)} = running
        timer = setTimeout(() => resolve(atTimeout), timeout)
      })
    } finally {
      clearTimeout(timer)
      running?.end()
    }
  }

  async function tcp(onConnection: (socket: Socket) => void = () => {}): Promise<number> {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      closing.push(() => socket.destroy())
      onConnection(socket)
    }).listen(0, '127.0.0.1')
    closing.push(() => server.close())
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }

  async function http(status: number, body = ''): Promise<{port: number; requests: string[]}> {
    const requests: string[] = []
    const server = createHttpServer((request, response) => {
      requests.push(`${request.url} ${request.headers.host}`)
      response.writeHead(status).end(body)
    }).listen(0, '127.0.0.1')
    closing.push(() => server.close())
    await once(server, 'listening')
    return {port: (server.address() as AddressInfo).port, requests}
  }

  async function udp(reply: string | undefined): Promise<number> {
    const socket = createSocket('udp4')
    socket.on('message', (message, {port}) => {
      if (reply !== undefined) socket.send(`${message.toString('latin1')}${reply}`, port, '127.0.0.1')
    })
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    closing.push(() => socket.close())
    return socket.address().port
  }

  async function closedPort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const {port} = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    return port
  }

  const text = (wanted: string) => ({type: 'text', text: wanted}) as const

  describe('of TCP', () => {
    it('succeed if the server accepts, and fail if it refuses', async () => {
      assert.deepEqual(await run(await tcp(), {}), {ok: true})
      assert.deepEqual(await run(await closedPort(), {}), {ok: false, reason: 'connection refused'})
    })

    it('send a text and expect one, which may come in parts', async () => {
      const port = await tcp((socket) =>
        socket.once('data', (data) => {
          socket.write('+PO')
          setImmediate(() => socket.write(data.toString() === 'PING\r\n' ? 'NG\r\n' : 'ERR\r\n'))
        }),
      )
      assert.deepEqual(await run(port, {send: 'PING\r\n', expect: text('+PONG')}), {ok: true})
    })

    it('fail if the server ends, or answers too much, without the text', async () => {
      const reason = 'the response does not contain the expected text'
      const short = await tcp((socket) => socket.end('-ERR'))
      assert.deepEqual(await run(short, {expect: text('+PONG')}), {ok: false, reason})
      const long = await tcp((socket) => socket.write('x'.repeat(100_000)))
      assert.deepEqual(await run(long, {expect: text('+PONG')}), {ok: false, reason})
    })

    it('fail if the server accepts and never answers', async () => {
      const result = await run(await tcp(), {expect: text('+PONG'), timeout: SHORT})
      assert.deepEqual(result, {ok: false, reason: `no answer within ${SHORT} ms`})
    })

    it('fail if the packets to the server are dropped', async () => {
      const full = await startFullBackend()
      closing.push(() => full.close())
      const result = await run(full.port, {timeout: SHORT})
      assert.deepEqual(result, {ok: false, reason: `no answer within ${SHORT} ms`})
    })

    it('begin with a PROXY protocol header if the server expects one', async () => {
      for (const [version, header] of [
        ['v1', 'PROXY UNKNOWN\r\n'],
        ['v2', '\r\n\r\n\0\r\nQUIT\n \0\0\0'],
      ] as const) {
        const port = await tcp((socket) =>
          socket.once('data', (data) => socket.end(data.toString('latin1') === header ? 'good' : 'bad')),
        )
        assert.deepEqual(await run(port, {proxyHeader: version, expect: text('good')}), {ok: true})
      }
      const port = await tcp((socket) => {
        let received = ''
        socket.on('data', (data) => {
          received += data.toString()
          if (/^PROXY UNKNOWN\r\nGET [^]*\r\n\r\n$/.test(received)) socket.end('HTTP/1.1 200 OK\r\n\r\n')
        })
      })
      assert.deepEqual(await run(port, {type: 'http', proxyHeader: 'v1'}), {ok: true})
    })

    it('end at any moment', async () => {
      const decided: ProbeResult[] = []
      let connections = 0
      const port = await tcp(() => (connections += 1))
      const target = probeTarget({address: '127.0.0.1', port}, {...DEFAULTS, expect: text('x')}, 'default')
      probe(target, (result) => decided.push(result)).end()
      const {end} = probe(target, (result) => decided.push(result))
      await waitFor(() => connections > 0, {what: 'the connection'})
      end()
      assert.deepEqual(decided, [])
    })
  })

  describe('with TLS', () => {
    const authorities = credentialOf(readAuthorities({text: certificateText('authority.pem')}))
    const others = credentialOf(readAuthorities({text: certificateText('other-authority.pem')}))
    const name = 'web.default.svc'

    /** A server that answers with what it gets, in a line of HTTP. */
    async function secure(pair = 'web', options: TlsOptions = {}, header = ''): Promise<number> {
      const server = createTlsServer(
        {cert: certificateText(`${pair}.pem`), key: certificateText(`${pair}.key`), ...options},
        (socket) => {
          socket.on('error', () => {})
          socket.once('data', (data: Buffer) =>
            socket.end(`HTTP/1.1 200 OK\r\n\r\n${data.toString('latin1')}`),
          )
        },
      )
      server.on('tlsClientError', () => {})
      return tcp((socket) => {
        if (header === '') return server.emit('connection', socket)
        socket.once('readable', () => {
          const first = socket.read(header.length) as Buffer | null
          if (first?.toString('latin1') === header) server.emit('connection', socket)
          else socket.destroy()
        })
      })
    }

    it('succeed if NGINX would accept the certificate', async () => {
      const tls = {name, authorities}
      const port = await secure()
      assert.deepEqual(await run(port, {tls}), {ok: true})
      assert.deepEqual(await run(port, {tls, send: 'PING', expect: text('PING')}), {ok: true})
      assert.deepEqual(await run(port, {tls, type: 'http'}), {ok: true})
      assert.deepEqual(await run(port, {tls, type: 'http', expect: text('GET / HTTP/1.1')}), {ok: true})
    })

    it('verify nothing without authorities', async () => {
      assert.deepEqual(await run(await secure('expired'), {tls: {name}}), {ok: true})
    })

    it('share what is expensive to make', () => {
      for (const each of [authorities, undefined]) assert.equal(contextFor(each), contextFor(each))
      assert.equal(new Set([authorities, others, undefined].map(contextFor)).size, 3)
    })

    it('begin with a PROXY protocol header, and then TLS', async () => {
      const tls = {name, authorities}
      const port = await secure('web', {}, 'PROXY UNKNOWN\r\n')
      assert.deepEqual(await run(port, {tls, proxyHeader: 'v1', type: 'http'}), {ok: true})
      const without = await run(port, {tls})
      assert.equal(without.ok, false)
    })

    for (const [what, start, tls, reason] of [
      [
        'is for another name',
        secure,
        {name: 'x.default.svc', authorities},
        'the certificate is not for x.default.svc',
      ],
      ['has expired', () => secure('expired'), {name, authorities}, 'the certificate has expired'],
      [
        'is of another authority',
        secure,
        {name, authorities: others},
        'no authority in ca.crt of the Secret has issued the certificate',
      ],
    ] as const) {
      it(`fail if the certificate ${what}`, async () => {
        assert.deepEqual(await run(await start(), {tls}), {ok: false, reason})
      })
    }

    it('fail if there is no handshake', async () => {
      const tls = {name, authorities}
      const failing = async (port: number, timeout = DEFAULTS.timeout) => {
        const result = await run(port, {tls, timeout})
        return result.ok ? 'no failure' : result.reason
      }
      const plain = await tcp((socket) => socket.write('220 mail ESMTP ready\r\n'.repeat(10)))
      assert.equal(await failing(plain), 'the server does not answer with TLS')
      const closing = await tcp((socket) => socket.end())
      assert.equal(await failing(closing), 'the connection was closed during the TLS handshake')
      assert.equal(await failing(await tcp(), SHORT), `no answer within ${SHORT} ms`)
      const old = await secure('web', {minVersion: 'TLSv1', maxVersion: 'TLSv1.1'})
      assert.match(await failing(old), /^the TLS handshake failed: .*(alert|version|protocol)/)
    })
  })

  describe('of HTTP', () => {
    it('expect a status of class 2xx or 3xx', async () => {
      for (const status of [200, 204, 302])
        assert.deepEqual(await run((await http(status)).port, {type: 'http'}), {ok: true})
      for (const status of [404, 503])
        assert.deepEqual(await run((await http(status)).port, {type: 'http'}), {
          ok: false,
          reason: `status ${status}`,
        })
    })

    it('request the path of the check from its host', async () => {
      const {port, requests} = await http(200)
      await run(port, {type: 'http', path: '/healthz'})
      await run(port, {type: 'http', host: 'shop.example.com'})
      assert.deepEqual(requests, [`/healthz 127.0.0.1:${port}`, '/ shop.example.com'])
    })

    it('expect other statuses, or a text', async () => {
      const {port} = await http(404, 'all good')
      const statuses = [
        {from: 401, to: 401},
        {from: 404, to: 404},
      ]
      assert.deepEqual(await run(port, {type: 'http', expect: {type: 'status', statuses}}), {ok: true})
      assert.deepEqual(await run(port, {type: 'http', expect: text('good')}), {ok: true})
      assert.deepEqual(await run(port, {type: 'http', expect: text('bad')}), {
        ok: false,
        reason: 'the response does not contain the expected text',
      })
    })

    it('fail if the answer is not HTTP, or there is none', async () => {
      const garbage = await run(await tcp((socket) => socket.end('garbage\r\n\r\n')), {type: 'http'})
      assert.deepEqual(garbage, {ok: false, reason: 'the response is not HTTP/1.1'})
      const closed = await run(await tcp((socket) => socket.end()), {type: 'http'})
      assert.deepEqual(closed, {ok: false, reason: 'the connection was closed without a response'})
      const body = await run(await tcp((socket) => socket.end('garbage\r\n\r\n')), {
        type: 'http',
        expect: text('a'),
      })
      assert.equal(body.ok, false)
      const silent = await run(await tcp(), {type: 'http', timeout: SHORT})
      assert.deepEqual(silent, {ok: false, reason: `no answer within ${SHORT} ms`})
    })
  })

  describe('of UDP', () => {
    it('fail if the port is closed', async () => {
      assert.deepEqual(await run(await closedPort(), {type: 'udp'}), {
        ok: false,
        reason: 'connection refused',
      })
    })

    it('fail if the kernel refuses to send', async () => {
      const broadcast = probeTarget(
        {address: '255.255.255.255', port: 9},
        {...DEFAULTS, type: 'udp'},
        'default',
      )
      const {ok, ...rest} = await probeOnce(broadcast)
      assert.equal(ok, false)
      assert.match(JSON.stringify(rest), /EACCES/)
      const result = await run(await udp(undefined), {type: 'udp', send: 'x'.repeat(70_000)})
      assert.deepEqual(result, {ok: false, reason: 'send EMSGSIZE'})
    })

    it('end at any moment', async () => {
      const port = await udp(undefined)
      const target = probeTarget({address: '127.0.0.1', port}, {...DEFAULTS, type: 'udp'}, 'default')
      const decided: ProbeResult[] = []
      const {end} = probe(target, (result) => decided.push(result))
      end()
      end()
      assert.deepEqual(await run(port, {type: 'udp', timeout: SHORT}), {ok: true})
      assert.deepEqual(decided, [])
    })

    it('succeed without a reply if none is expected', async () => {
      assert.deepEqual(await run(await udp(undefined), {type: 'udp', timeout: SHORT}), {ok: true})
    })

    it('send bytes, and expect a text in the reply', async () => {
      const check = {type: 'udp', send: '\u0012\u00FF', expect: text('\u0012\u00C3')} as const
      assert.equal((await run(await udp('pong'), {...check, expect: text('pong')})).ok, true)
      assert.deepEqual(await run(await udp('pong'), {...check, expect: text('garbage')}), {
        ok: false,
        reason: 'the reply does not contain the expected text',
      })
      const silent = await run(await udp(undefined), {...check, timeout: SHORT})
      assert.deepEqual(silent, {ok: false, reason: `no answer within ${SHORT} ms`})
    })
  })
})
