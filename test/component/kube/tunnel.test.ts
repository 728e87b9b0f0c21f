/** Reads from an API server behind a proxy, from the kubeconfig to a page of a list. */
import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Failure} from '../../../src/diagnostics/failure.js'
import type {KubeAccess} from '../../../src/kube/access.js'
import {openAccess} from '../../../src/kube/open-access.js'
import {SERVICES} from '../../../src/sources/cluster/kinds.js'
import {ApiDouble} from '../../support/api-double/api-double.js'
import {AUTHORITY, OTHER, SERVER} from '../../support/api-double/certificates.js'
import {apiService} from '../../support/api-double/objects.js'
import {loadLibrary} from '../../support/api-double/use-double.js'
import {freePort} from '../../support/ports.js'
import {ProxyDouble, type ProxyFault} from '../../support/proxy-double.js'
import {temporaryFolder, type TemporaryFolder} from '../../support/temporary-folder.js'
import {waitFor} from '../../support/wait.js'
import {FakeClock} from '../../unit/controller/fake-clock.js'

const SCHEMES = ['http', 'socks5'] as const

describe('kube/tunnel', () => {
  let folder: TemporaryFolder
  let ended: (() => unknown)[]

  before(loadLibrary)
  beforeEach(async () => {
    folder = await temporaryFolder()
    ended = [() => folder.remove()]
  })
  afterEach(async () => {
    for (const end of ended.reverse()) await end()
  })

  const double = async (tls?: typeof SERVER): Promise<ApiDouble> => {
    const api = await new ApiDouble(tls ? {tls} : {}).start()
    api.put(apiService('a'))
    ended.push(() => api.kill())
    return api
  }
  const proxyDouble = async (scheme: (typeof SCHEMES)[number]): Promise<ProxyDouble> => {
    const proxy = await new ProxyDouble(scheme).start()
    ended.push(() => proxy.stop())
    return proxy
  }
  const open = async (server: string, proxy: string | undefined, more = {}): Promise<KubeAccess> => {
    const path = join(folder.path, 'kubeconfig')
    const ca = Buffer.from(AUTHORITY).toString('base64')
    const secure = server.startsWith('https:') && {'certificate-authority-data': ca}
    const cluster = {server, ...secure, ...(proxy && {'proxy-url': proxy})}
    await writeFile(
      path,
      JSON.stringify({
        'current-context': 'x',
        clusters: [{name: 'x', cluster}],
        contexts: [{name: 'x', context: {cluster: 'x'}}],
      }),
    )
    const access = await openAccess({kubeconfig: path, version: '0.0.0', environment: {}, ...more})
    ended.push(() => access.close())
    return access
  }
  const names = async (access: KubeAccess, signal = new AbortController().signal): Promise<string[]> => {
    const {items} = await access.list(SERVICES.resource, {limit: 500}, signal)
    return items.map(({metadata}) => metadata.name)
  }
  const failureOf = async (access: KubeAccess): Promise<Failure> => {
    const error: unknown = await names(access).catch((thrown: unknown) => thrown)
    return error as Failure
  }

  for (const scheme of SCHEMES) {
    describe(scheme, () => {
      it('connects to a server with TLS whose certificate is for its address', async () => {
        const [api, proxy] = [await double(SERVER), await proxyDouble(scheme)]
        assert.deepEqual(await names(await open(api.url, proxy.url)), ['a'])
        assert.deepEqual(proxy.asked, [api.url.replace('https://', '')])
      })

      it('connects to a server without TLS', async () => {
        const [api, proxy] = [await double(), await proxyDouble(scheme)]
        assert.deepEqual(await names(await open(api.url, proxy.url)), ['a'])
        const whole = `${api.url}/api/v1/services?limit=500`
        assert.deepEqual(proxy.asked, [scheme === 'http' ? whole : api.url.replace('http://', '')])
      })

      it('resolves the name of the server, and verifies the certificate against it', async () => {
        const [api, proxy] = [await double(OTHER), await proxyDouble(scheme)]
        const port = new URL(api.url).port
        proxy.hosts.set('api.example.com', '127.0.0.1').set('api.example.net', '127.0.0.1')
        assert.deepEqual(await names(await open(`https://api.example.com:${port}`, proxy.url)), ['a'])
        const {code, message} = await failureOf(await open(`https://api.example.net:${port}`, proxy.url))
        assert.equal(code, 'api-tls')
        assert.match(message, /certificate is for another name/)
      })

      it('does not accept a certificate for localhost for another address', async () => {
        const [api, proxy] = [await double(SERVER), await proxyDouble(scheme)]
        proxy.hosts.set('10.99.99.99', '127.0.0.1')
        const server = `https://10.99.99.99:${new URL(api.url).port}`
        assert.equal((await failureOf(await open(server, proxy.url))).code, 'api-tls')
      })

      it('sends user name and password to the proxy', async () => {
        const [api, proxy] = [await double(SERVER), await proxyDouble(scheme)]
        const url = proxy.url.replace('//', '//us%20er:se%3Acret@')
        const access = await open(api.url, url)
        assert.deepEqual(await names(access), ['a'])
        const basic = `Basic ${Buffer.from('us er:se:cret').toString('base64')}`
        assert.deepEqual(proxy.logins, [scheme === 'http' ? basic : 'us er:se:cret'])
        assert.doesNotMatch(access.description, /cret/)
      })

      const FAULTS: readonly [name: string, fault: ProxyFault, words: RegExp][] = [
        ['cuts the connection', {kind: 'reset'}, /the proxy (aborts CONNECT|cannot connect to the server): /],
        [
          'is something else',
          {kind: 'say', text: 'SSH-2.0-OpenSSH\r\n'},
          /the proxy (does not speak HTTP|cannot connect)/,
        ],
        scheme === 'http'
          ? ['refuses', {kind: 'refuse', with: 403}, /the proxy answers CONNECT with HTTP 403 No$/]
          : ['refuses', {kind: 'refuse', with: 2}, /the proxy cannot connect to the server: .*NotAllowed/],
        scheme === 'http'
          ? ['wants a password', {kind: 'refuse', with: 407}, /HTTP 407 No$/]
          : ['cannot reach the server', {kind: 'refuse', with: 4}, /HostUnreachable/],
      ]
      for (const [name, fault, words] of FAULTS) {
        it(`${name}: a temporary failure`, async () => {
          const [api, proxy] = [await double(SERVER), await proxyDouble(scheme)]
          const access = await open(api.url, proxy.url)
          proxy.fault = fault
          const failure = await failureOf(access)
          assert.deepEqual([failure.name, failure.code, failure.temporary], ['Failure', 'api-proxy', true])
          assert.ok(failure.message.includes(`through the proxy ${proxy.url}): the proxy `), failure.message)
          assert.match(failure.message, words)
          proxy.fault = undefined
          assert.deepEqual(await names(access), ['a'])
        })
      }

      it('names a proxy that is down', async () => {
        const api = await double(SERVER)
        const proxy = `${scheme}://127.0.0.1:${await freePort()}`
        const {code, message} = await failureOf(await open(api.url, proxy))
        assert.equal(code, 'api-proxy')
        assert.ok(message.endsWith('the proxy cannot be reached: connection refused'), message)
      })

      it('gives up on a proxy that does not answer after 10 s, and closes the connection', async () => {
        const [api, proxy, clock] = [await double(SERVER), await proxyDouble(scheme), new FakeClock()]
        proxy.fault = {kind: 'silence'}
        const failed = failureOf(await open(api.url, proxy.url, {clock}))
        await waitFor(() => proxy.openConnections === 1, {what: 'a connection'})
        await clock.advance(10_000)
        const {code, message, hint} = await failed
        assert.equal(code, 'api-timeout')
        assert.ok(hint?.includes(`the proxy ${proxy.url} is running`), hint)
        assert.match(message, /through the proxy .*\): no connection within 10 s$/)
        await waitFor(() => proxy.openConnections === 0, {what: 'no connection'})
      })
    })
  }

  describe('interim responses to CONNECT', () => {
    const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'

    it('are skipped', async () => {
      const [api, proxy] = [await double(SERVER), await proxyDouble('http')]
      proxy.interim = `HTTP/1.1 102 Processing\r\nx-hint: a\r\n\r\n${CONTINUE.repeat(4)}`
      assert.deepEqual(await names(await open(api.url, proxy.url)), ['a'])
      assert.equal(proxy.asked.length, 1)
    })

    it('are limited', async () => {
      const [api, proxy] = [await double(SERVER), await proxyDouble('http')]
      proxy.interim = CONTINUE.repeat(100)
      const {code, message} = await failureOf(await open(api.url, proxy.url))
      assert.equal(code, 'api-proxy')
      assert.ok(message.endsWith('the proxy answers CONNECT with HTTP 100 Continue'), message)
      await waitFor(() => proxy.openConnections === 0, {what: 'no connection'})
    })

    it('without a final response are a failure', async () => {
      const [api, proxy] = [await double(SERVER), await proxyDouble('http')]
      const access = await open(api.url, proxy.url)
      for (const [text, words] of [
        ['', /the proxy aborts CONNECT/],
        ['nothing of HTTP\r\n\r\n', /the proxy does not speak HTTP/],
        ['HTTP/1.1 403 No\r\n\r\n', /the proxy answers CONNECT with HTTP 403 No$/],
      ] as const) {
        proxy.fault = {kind: 'say', text: CONTINUE + text}
        const {code, message} = await failureOf(access)
        assert.equal(code, 'api-proxy')
        assert.match(message, words)
      }
    })
  })

  it('reports a refusal of a forwarding proxy as one of the proxy', async () => {
    const [api, proxy] = [await double(), await proxyDouble('http')]
    proxy.fault = {kind: 'refuse', with: 407}
    const {code, temporary} = await failureOf(await open(api.url, proxy.url))
    assert.deepEqual([code, temporary], ['api-proxy', true])
  })

  it('uses the proxy of the environment, unless NO_PROXY or the kubeconfig overrides it', async () => {
    const [api, proxy, other] = [await double(OTHER), await proxyDouble('http'), await proxyDouble('socks5')]
    const server = `https://api.example.com:${new URL(api.url).port}`
    for (const each of [proxy, other]) each.hosts.set('api.example.com', '127.0.0.1')
    const environment = {HTTPS_PROXY: proxy.url}
    assert.deepEqual(await names(await open(server, undefined, {environment})), ['a'])
    assert.deepEqual([proxy.asked.length, other.asked.length], [1, 0])
    assert.deepEqual(await names(await open(server, other.url, {environment})), ['a'])
    assert.deepEqual([proxy.asked.length, other.asked.length], [1, 1])
    const lookup = (_: unknown, __: unknown, done: (error: null, found: object[]) => void) =>
      done(null, [{address: '127.0.0.1', family: 4}])
    const direct = {environment: {...environment, NO_PROXY: '.example.com'}, lookup}
    assert.deepEqual(await names(await open(server, undefined, direct)), ['a'])
    assert.deepEqual([proxy.asked.length, other.asked.length], [1, 1])
  })
})
