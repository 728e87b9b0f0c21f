import assert from 'node:assert/strict'
import {createSocket} from 'node:dgram'
import {once} from 'node:events'
import {createServer as createHttpServer} from 'node:http'
import {createServer, type AddressInfo, type Socket} from 'node:net'
import type {HealthCheck} from '../../../src/core/intent/health-check.js'
import {probeTarget} from '../../../src/core/model/probe-target.js'
import {probe} from '../../../src/health/probe.js'
import type {RunningProbes} from '../../../src/health/probe-result.js'

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

  const run = (port: number, check: Partial<HealthCheck>, running: RunningProbes = new Set()) =>
    probe(probeTarget({address: '127.0.0.1', port}, {...DEFAULTS, ...check}, 'default'), running)

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

    it('end when lbex stops', async () => {
      const running: RunningProbes = new Set()
      const port = await tcp(() => {
        for (const end of running) end()
      })
      const result = await run(port, {expect: text('+PONG')}, running)
      assert.deepEqual(result, {ok: false, reason: 'lbex is stopping'})
      assert.equal(running.size, 0)
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
      assert.equal(garbage.ok, false)
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
      const {ok, ...rest} = await probe(broadcast, new Set())
      assert.equal(ok, false)
      assert.match(JSON.stringify(rest), /EACCES/)
      const result = await run(await udp(undefined), {type: 'udp', send: 'x'.repeat(70_000)})
      assert.deepEqual(result, {ok: false, reason: 'send EMSGSIZE'})
    })

    it('end when lbex stops, at any moment', async () => {
      const running: RunningProbes = new Set()
      const result = run(await udp(undefined), {type: 'udp'}, running)
      for (const end of running) end()
      assert.deepEqual(await result, {ok: false, reason: 'lbex is stopping'})
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
