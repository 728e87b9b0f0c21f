/** What clients of the health server can do to the probes: nothing that a probe notices. */
import assert from 'node:assert/strict'
import {get} from 'node:http'
import {connect, type Socket} from 'node:net'
import {startHealthServer, type Page} from '../../../src/controller/health-server.js'
import type {HttpListener} from '../../../src/controller/listen-http.js'
import {scaled} from '../../support/timeouts.js'
import {waitFor} from '../../support/wait.js'

/** Some times what the server keeps. */
const CONNECTIONS = 2000
const AT_ONCE = 250
/** A burst of requests in one write, as large as one read of a socket. */
const PIPELINED = 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(1800)

/** Connections that send such a burst at the same time. */
const PIPELINING = 60

/** More than the buffers of the kernel hold. */
const HUGE = 50_000_000

describe('hostile clients of the health server', () => {
  let server: HttpListener
  let page: Page
  let scrapes: number
  let hostile: Set<Socket>

  beforeEach(() => start(60_000))
  afterEach(stop)

  /** `lifetime`: milliseconds of a connection. */
  async function start(lifetime: number): Promise<void> {
    page = {type: 'text/plain', text: 'lbex_build_info 1\n'}
    scrapes = 0
    hostile = new Set()
    const metrics = async (): Promise<Page> => {
      scrapes += 1
      return page
    }
    const checks = () => ({health: [], live: [], ready: []})
    server = await startHealthServer({port: 0, address: '127.0.0.1', checks, metrics, limits: {lifetime}})
  }

  async function stop(): Promise<void> {
    for (const socket of hostile) socket.destroy()
    await server.close()
  }

  /** Connects, and writes `words`. Takes what comes back, and leaves it to the server to close. */
  async function attack(from: string, words = ''): Promise<Socket> {
    const socket = connect({host: '127.0.0.1', port: server.port, localAddress: from}).resume()
    hostile.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => hostile.delete(socket))
    await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))
    if (words !== '') socket.write(words)
    return socket
  }

  async function attackAll(from: string, words?: string): Promise<void> {
    for (let begun = 0; begun < CONNECTIONS; begun += AT_ONCE)
      await Promise.all(Array.from({length: AT_ONCE}, () => attack(from, words)))
  }

  /** One connection for one request, as the kubelet asks. */
  function probe(path = '/livez', from = '127.0.0.1'): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const where = {host: '127.0.0.1', port: server.port, path, localAddress: from, agent: false}
      get(where, (response) => response.resume().once('end', () => resolve(response.statusCode))).once(
        'error',
        reject,
      )
    })
  }

  const ended = (socket: Socket) => waitFor(() => socket.destroyed, {what: 'the end of a connection'})

  it('cannot lock out a probe by connections that say nothing', async () => {
    await attackAll('127.0.0.2')
    assert.deepEqual([await probe(), await probe('/readyz', '127.0.0.2')], [200, 200])
    await waitFor(() => hostile.size < 200, {what: 'the end of the other connections'})
  })

  it('cannot lock out a probe by connections that stay after an answer', async () => {
    await attackAll('127.0.0.2', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n')
    assert.equal(await probe(), 200)
  })

  it('leave a client alone that has one connection', async () => {
    const quiet = await attack('127.0.0.1', 'GET /livez HTTP/1.1\r\nHost: a\r\n')
    await attackAll('127.0.0.2')
    let answer = ''
    quiet.on('data', (data: Buffer) => (answer += data.toString()))
    quiet.write('\r\n')
    await ended(quiet)
    assert.match(answer, /^HTTP\/1\.1 200 /)
  })

  it('get one answer for a connection, and cost one scrape', async () => {
    page = {type: 'text/plain', text: 'x'.repeat(200_000)}
    for (const version of ['1.1', '1.0'])
      await ended(await attack('127.0.0.2', PIPELINED.replaceAll('HTTP/1.1', `HTTP/${version}`)))
    assert.ok(scrapes <= 2, `${scrapes} scrapes`)
    assert.equal(await probe('/metrics'), 200)
  })

  it('cannot delay a probe by thousands of requests in each write', async () => {
    for (const path of ['/livez', '/metrics']) {
      const words = PIPELINED.replaceAll('/metrics', path)
      const begin = performance.now()
      await Promise.all(Array.from({length: PIPELINING}, () => attack('127.0.0.2', words)))
      assert.equal(await probe(), 200)
      const took = performance.now() - begin
      assert.ok(took < scaled(4000), `${took} ms beside ${path}`)
    }
  })

  it('cannot keep a connection by a request without an end, nor by an answer that is never read', async () => {
    await stop()
    await start(500)
    page = {type: 'text/plain', text: 'x'.repeat(HUGE)}
    const deaf = await attack('127.0.0.2', 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n')
    deaf.pause()
    const slow = await attack('127.0.0.2', 'GET / HTTP/1.1\r\nHost: a\r\n')
    const drip = setInterval(() => slow.write('a: b\r\n'), 50)
    await ended(slow)
    clearInterval(drip)
    await ended(deaf.resume())
    assert.ok(deaf.bytesRead < HUGE)
    assert.equal(await probe(), 200)
  })

  it('cannot end it by anything that is not HTTP', async () => {
    for (const words of ['\0\x01\xff', '\x16\x03\x01\x02\x00', 'CONNECT a:1 HTTP/1.1\r\n\r\n'])
      await ended(await attack('127.0.0.2', words))
    await ended(await attack('127.0.0.2', 'GET / HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n'.repeat(1000)))
    assert.equal(await probe(), 200)
  })
})
