import assert from 'node:assert/strict'
import {connect, createServer, type AddressInfo} from 'node:net'
import {text} from 'node:stream/consumers'
import type {HealthChecks} from '../../../src/controller/health-checks.js'
import {startHealthServer, type Page} from '../../../src/controller/health-server.js'
import type {HttpListener} from '../../../src/controller/listen-http.js'
import {Failure} from '../../../src/diagnostics/failure.js'
import type {HttpRequest} from '../../../src/util/one-request-server.js'

const GOOD: HealthChecks = {
  health: [{name: 'nginx'}],
  live: [{name: 'loop'}],
  ready: [{name: 'sync'}, {name: 'apply'}],
}
const BAD: HealthChecks = {
  health: [{name: 'nginx', problem: 'NGINX does not serve'}],
  live: [{name: 'loop', problem: 'stuck'}],
  ready: [{name: 'sync'}, {name: 'apply', problem: 'the disk is full'}],
}

describe('health server', () => {
  let checks: HealthChecks
  let page: () => Promise<Page>
  let server: HttpListener

  before(async () => {
    const metrics = () => page()
    server = await startHealthServer({port: 0, address: '127.0.0.1', checks: () => checks, metrics})
  })
  after(() => server.close())

  const ask = async (path: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {method})
    return [response.status, await response.text()] as const
  }

  it('answers 200 if all checks pass', async () => {
    checks = GOOD
    assert.deepEqual(await ask('/'), [200, 'healthy\n'])
    assert.deepEqual(await ask('/livez'), [200, 'ok\n'])
    assert.deepEqual(await ask('/readyz'), [200, 'ok\n'])
    assert.deepEqual(await ask('/readyz?verbose'), [200, '[+]sync ok\n[+]apply ok\nreadyz check passed\n'])
    assert.deepEqual(await ask('/livez?verbose=1'), [200, '[+]loop ok\nlivez check passed\n'])
  })

  it('answers 503 with the problem', async () => {
    checks = BAD
    assert.deepEqual(await ask('/'), [503, 'unhealthy: NGINX does not serve\n'])
    assert.deepEqual(await ask('/livez'), [503, '[-]loop failed: stuck\nlivez check failed\n'])
    assert.deepEqual(await ask('/readyz'), [
      503,
      '[+]sync ok\n[-]apply failed: the disk is full\nreadyz check failed\n',
    ])
  })

  it('shows a remark without ?verbose, and passes', async () => {
    checks = {...GOOD, ready: [{name: 'sync'}, {name: 'freshness', remark: 'stale: no updates'}]}
    assert.deepEqual(await ask('/readyz'), [
      200,
      '[+]sync ok\n[+]freshness ok: stale: no updates\nreadyz check passed\n',
    ])
  })

  it('answers HEAD without a body, and refuses other methods and paths', async () => {
    checks = GOOD
    assert.deepEqual(await ask('/', 'HEAD'), [200, ''])
    assert.deepEqual(await ask('/', 'POST'), [405, 'method not allowed\n'])
    assert.deepEqual(await ask('/metricz'), [404, 'not found\n'])
    assert.deepEqual(await ask('//'), [404, 'not found\n'])
  })

  it('serves nothing else, unless it has other pages', async () => {
    checks = GOOD
    for (const path of ['/ui', '/ui/events', '/api/v1/state', '/debug/state'])
      assert.deepEqual(await ask(path), [404, 'not found\n'])
    const pages = ({target, isLoopback}: HttpRequest) =>
      target === '/ui' ? Promise.resolve({status: 200, text: `loopback: ${isLoopback}`}) : undefined
    const other = await startHealthServer({port: 0, address: '127.0.0.1', checks: () => checks, pages})
    const askOther = async (path: string) => (await fetch(`http://127.0.0.1:${other.port}${path}`)).text()
    try {
      assert.deepEqual([await askOther('/ui'), await askOther('/')], ['loopback: true', 'healthy\n'])
      assert.equal(await askOther('/api'), 'not found\n')
    } finally {
      await other.close()
    }
  })

  it('serves the metrics in their own format', async () => {
    page = async () => ({type: 'text/plain; version=0.0.4', text: 'lbex_build_info 1\n'})
    const response = await fetch(`http://127.0.0.1:${server.port}/metrics?x=1`)
    assert.equal(response.headers.get('Content-Type'), 'text/plain; version=0.0.4')
    assert.deepEqual([response.status, await response.text()], [200, 'lbex_build_info 1\n'])
    assert.deepEqual(await ask('/metrics', 'HEAD'), [200, ''])
    assert.deepEqual(await ask('/metrics', 'POST'), [405, 'method not allowed\n'])
  })

  /** Sends each of `words` in its own packet, and half-closes the connection if `half`. Resolves to the answer without its Date. */
  async function say(words: readonly string[], half = false): Promise<string> {
    const socket = connect({port: server.port, host: '127.0.0.1', noDelay: true})
    const answer = text(socket)
    for (const each of words) await new Promise((resolve) => socket.write(each, resolve))
    if (half) socket.end()
    return (await answer).replace(/^Date: .*GMT\r\n/m, '')
  }

  const OK = [
    'HTTP/1.1 200 OK',
    'Content-Type: text/plain; charset=utf-8',
    'Cache-Control: no-store',
    'Content-Length: 3',
    'Connection: close',
    '',
    'ok\n',
  ].join('\r\n')

  for (const [what, words] of [
    ['a request in pieces', [...'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n']],
    ['HTTP/1.0, which needs no Host', ['GET /livez HTTP/1.0\r\n\r\n']],
    ['lines that end without a carriage return', ['GET /livez HTTP/1.1\nHost: a\n\n']],
    ['an empty line before the request', ['\r\n', 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n']],
    ['an absolute URL, as sent to a proxy', ['GET http://a:1/livez?x=1 HTTP/1.1\r\nHost: a:1\r\n\r\n']],
    ['only the first of two requests', ['GET /livez HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2)]],
  ] as const)
    it(`answers ${what}`, async () => {
      checks = GOOD
      assert.equal(await say(words), OK)
    })

  it('answers a client that half-closes after a complete request, and no other', async () => {
    checks = GOOD
    assert.equal(await say(['GET /livez HTTP/1.1\r\nHost: a\r\n\r\n'], true), OK)
    assert.match(await say(['GET /livez HTTP/1.1\r\n'], true), /^HTTP\/1\.1 400 /)
    assert.equal(await say([], true), '')
  })

  for (const [what, words, status] of [
    ['a TLS handshake', '\x16\x03\x01\x02\x00', '400 Bad Request'],
    ['no HTTP', 'HELO a\r\n', '400 Bad Request'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', '400 Bad Request'],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n', '400 Bad Request'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '400 Bad Request'],
    [
      'a head without an end',
      `GET / HTTP/1.1\r\na: ${'a'.repeat(8192 - 19)}`,
      '431 Request Header Fields Too Large',
    ],
  ] as const)
    it(`refuses ${what}`, async () => {
      const answer = await say([words])
      assert.ok(answer.startsWith(`HTTP/1.1 ${status}\r\n`), answer)
    })

  it('continues after an error in the metrics', async () => {
    checks = GOOD
    page = () => Promise.reject(new TypeError('x is undefined'))
    assert.deepEqual(await ask('/metrics'), [500, 'the metrics cannot be rendered: x is undefined\n'])
    assert.deepEqual(await ask('/'), [200, 'healthy\n'])
  })

  it('rejects with a clear failure if the port is in use', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => holder.once('listening', resolve))
    const {port} = holder.address() as AddressInfo
    try {
      await assert.rejects(startHealthServer({port, address: '127.0.0.1', checks: () => GOOD}), (error) => {
        assert.ok(error instanceof Failure)
        assert.equal(error.message, `cannot answer health checks on port ${port}: the port is in use`)
        assert.equal(error.temporary, false)
        assert.match(error.hint ?? '', /--health-port/)
        return true
      })
    } finally {
      holder.close()
    }
  })

  it('rejects with a clear failure for an address of another host', async () => {
    const attempt = startHealthServer({port: 0, address: '192.0.2.1', checks: () => GOOD})
    await assert.rejects(attempt, /: the host does not have the address$/)
  })

  it('listens on all addresses by default', async () => {
    const everywhere = await startHealthServer({port: 0, checks: () => GOOD})
    const answer = async (path: string) => (await fetch(`http://127.0.0.1:${everywhere.port}${path}`)).text()
    assert.deepEqual([await answer('/'), await answer('/metrics')], ['healthy\n', 'not found\n'])
    await everywhere.close()
  })
})
