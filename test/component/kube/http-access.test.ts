import assert from 'node:assert/strict'
import {writeFile} from 'node:fs/promises'
import {once} from 'node:events'
import {createServer, type AddressInfo, type Socket} from 'node:net'
import {join} from 'node:path'
import type {KubeAccess} from '../../../src/kube/access.js'
import type {WatchEvent} from '../../../src/kube/answers.js'
import {ENDPOINT_SLICES, NODES, SERVICES} from '../../../src/sources/cluster/kinds.js'
import {apiNode, apiService} from '../../support/api-double/objects.js'
import {busy, internalError, pageNotFound, type Refusal} from '../../support/api-double/status.js'
import {loadLibrary, useDouble} from '../../support/api-double/use-double.js'
import {temporaryFolder} from '../../support/temporary-folder.js'
import {waitFor} from '../../support/wait.js'
import {FakeClock} from '../../unit/controller/fake-clock.js'

/** Aborted after each test. */
let ending = new AbortController()

function list(access: KubeAccess, signal = ending.signal) {
  return access.list(SERVICES.resource, {limit: 500}, signal)
}

function watch(access: KubeAccess, signal = ending.signal) {
  return access.watch(SERVICES.resource, {resourceVersion: '1', timeoutSeconds: 300}, signal)
}

async function next(events: AsyncIterable<WatchEvent>): Promise<WatchEvent> {
  const result = await events[Symbol.asyncIterator]().next()
  return result.value as WatchEvent
}

describe('kube/http-access', () => {
  const use = useDouble()

  beforeEach(() => {
    ending = new AbortController()
  })
  afterEach(() => ending.abort())

  it('sends User-Agent and Accept, and keeps the path of the server', async () => {
    const access = await use.access({proxy: `${use.api.url}/gateway/`})
    await assert.rejects(list(access), {code: 'not-an-api-server'})
    const [request] = use.api.requests
    assert.equal(request?.path, '/gateway/api/v1/services')
    assert.equal(request?.headers['user-agent'], 'lbex/0.0.0')
    assert.equal(request?.headers.accept, 'application/json')
  })

  it('reads a list page by page', async () => {
    for (const name of ['a', 'b', 'c']) use.api.put(apiService(name))
    const access = await use.access()
    const first = await access.list(SERVICES.resource, {limit: 2}, ending.signal)
    const {continueToken} = first
    const second = await access.list(SERVICES.resource, {limit: 2, continueToken}, ending.signal)
    assert.deepEqual(
      [first, second].map(({items, resourceVersion}) => [
        resourceVersion,
        items.map(({metadata}) => metadata.name),
      ]),
      [
        ['4', ['a', 'b']],
        ['4', ['c']],
      ],
    )
    assert.equal(second.continueToken, undefined)
  })

  it('reads one namespace', async () => {
    use.api.put(apiService('a', {namespace: 'shop'}))
    use.api.put(apiService('b'))
    const access = await use.access()
    const {items} = await access.list(SERVICES.resource, {limit: 500, namespace: 'shop'}, ending.signal)
    assert.deepEqual(
      items.map(({metadata}) => metadata.name),
      ['a'],
    )
  })

  it('watches', async () => {
    const access = await use.access()
    const events = await watch(access)
    const stored = use.api.put(apiService('a', {annotations: {text: 'zwölf 🙂'}}))
    assert.deepEqual(await next(events), {type: 'ADDED', object: stored})
    const {query} = use.api.requests[0]!
    assert.deepEqual(Object.fromEntries(query), {
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '1',
      timeoutSeconds: '300',
    })
  })

  it('ends a watch when the consumer stops', async () => {
    const access = await use.access()
    use.api.put(apiService('a'))
    for await (const {type} of await watch(access)) {
      assert.equal(type, 'ADDED')
      break
    }
    await waitFor(() => use.api.openWatches === 0, {what: 'the end of the watch'})
  })

  it('aborts at once with the signal of the caller', async () => {
    const access = await use.access()
    const stopping = new AbortController()
    const reading = assert.rejects(next(await watch(access, stopping.signal)), (error) => error === 'over')
    stopping.abort('over')
    await reading
    await assert.rejects(list(access, stopping.signal), (error) => error === 'over')
  })

  describe('error responses', () => {
    const REFUSALS: readonly [what: string, refusal: Refusal, code: string][] = [
      ['500', internalError, 'api-error'],
      ['429', busy(3), 'api-busy'],
      ['HTML', {code: 200, body: '<html>Welcome to nginx</html>'}, 'not-an-api-server'],
      ['a redirect', {code: 302, body: '', headers: {location: '/login'}}, 'not-an-api-server'],
      ['404', pageNotFound, 'not-an-api-server'],
      ['a teapot', {code: 418, body: 'short and stout'}, 'not-an-api-server'],
    ]
    for (const [what, refusal, code] of REFUSALS) {
      it(what, async () => {
        use.api.fault = () => ({kind: 'refuse', with: refusal})
        await assert.rejects(list(await use.access()), {code})
      })
    }

    it('pass on Retry-After', async () => {
      use.api.fault = () => ({kind: 'refuse', with: busy(3)})
      await assert.rejects(list(await use.access()), {code: 'api-busy', retryAfter: 3000})
    })

    it('name a missing right', async () => {
      use.api.forbidden.add('watch nodes')
      const access = await use.access()
      await access.list(NODES.resource, {limit: 1}, ending.signal)
      const watching = access.watch(
        NODES.resource,
        {resourceVersion: '1', timeoutSeconds: 300},
        ending.signal,
      )
      await assert.rejects(watching, {
        code: 'api-forbidden',
        message: `the API server at ${use.api.url} (--proxy) does not allow lbex to watch nodes: nodes is forbidden: User "lbex" cannot watch resource "nodes" in API group "" at the cluster scope`,
      })
    })

    it('name a missing API group', async () => {
      use.api.absentGroups.add('discovery.k8s.io')
      const access = await use.access()
      await assert.rejects(access.list(ENDPOINT_SLICES.resource, {limit: 1}, ending.signal), {
        code: 'api-absent',
      })
    })
  })

  describe('timeouts', () => {
    let clock: FakeClock
    beforeEach(() => {
      clock = new FakeClock()
    })

    it('are 10 s for a connection, including TLS', async () => {
      let accepted: Socket | undefined
      const server = createServer((socket) => (accepted = socket)).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const {port} = server.address() as AddressInfo
      const failing = assert.rejects(list(await use.access({proxy: `https://127.0.0.1:${port}`}, clock)), {
        code: 'api-timeout',
        message: `the API server at https://127.0.0.1:${port} (--proxy): no connection within 10 s`,
      })
      await waitFor(() => accepted, {what: 'the connection'})
      await clock.advance(10_000)
      await failing
      accepted?.destroy()
      await new Promise((resolve) => server.close(resolve))
    })

    it('are 30 s for a response to begin', async () => {
      use.api.fault = () => ({kind: 'hang'})
      const failing = assert.rejects(list(await use.access(undefined, clock)), {
        code: 'api-timeout',
        message: `the API server at ${use.api.url} (--proxy): no response within 30 s`,
        temporary: true,
      })
      await waitFor(() => use.api.requests.length === 1, {what: 'the request'})
      await clock.advance(30_000)
      await failing
    })

    it('are 60 s for a complete page', async () => {
      use.api.fault = () => ({kind: 'mute'})
      const failing = assert.rejects(list(await use.access(undefined, clock)), {code: 'api-timeout'})
      await waitFor(() => use.api.requests.length === 1, {what: 'the request'})
      await clock.advance(29_999)
      await clock.advance(60_001)
      await failing
    })

    it('are 90 s between two lines of a watch', async () => {
      const access = await use.access(undefined, clock)
      const events = (await watch(access))[Symbol.asyncIterator]()
      const stored = use.api.put(apiService('a'))
      assert.deepEqual((await events.next()).value, {type: 'ADDED', object: stored})
      const failing = assert.rejects(events.next(), {code: 'watch-silent', temporary: true})
      await clock.advance(90_000)
      await failing
      await waitFor(() => use.api.openWatches === 0, {what: 'the end of the watch'})
    })
  })

  describe('incomplete responses', () => {
    it('a watch that is cut in the middle of a line', async () => {
      use.api.put(apiService('a'))
      use.api.fault = () => ({kind: 'cut', after: 100})
      const events = await watch(await use.access())
      await assert.rejects(next(events), {code: 'api-connection', temporary: true})
    })

    it('a page that is cut', async () => {
      use.api.put(apiService('a'))
      use.api.fault = () => ({kind: 'cut', after: 100})
      await assert.rejects(list(await use.access()), {code: 'api-connection'})
    })

    it('a page that is too large', async () => {
      use.api.fault = () => ({kind: 'say', text: ' '.repeat(64 * 1024 * 1024 + 1)})
      await assert.rejects(list(await use.access()), {
        code: 'api-page-too-large',
        message: `the API server at ${use.api.url} (--proxy) sent a response that is too long: it has more than 67108864 bytes`,
        temporary: true,
      })
    })

    it('a watch that ends in the middle of a line', async () => {
      use.api.fault = () => ({kind: 'say', text: '{"type":"ADD'})
      assert.equal(await next(await watch(await use.access())), undefined)
    })

    it('are read to their end if they are slow', async () => {
      use.api.fault = () => ({kind: 'slow', piece: 7})
      const events = await watch(await use.access())
      const stored = use.api.put(apiService('a', {annotations: {text: 'ü€🙂'.repeat(50)}}))
      assert.deepEqual((await next(events)).object, stored)
    })

    it('do not include an event of a megabyte', async () => {
      const events = await watch(await use.access())
      const stored = use.api.put(apiService('a', {annotations: {text: 'ü'.repeat(1_000_000)}}))
      assert.deepEqual((await next(events)).object, stored)
    })
  })

  describe('credentials', () => {
    before(loadLibrary)

    it('are renewed once after a 401', async () => {
      const folder = await temporaryFolder()
      const kubeconfig = join(folder.path, 'config')
      const write = (token: string): Promise<void> =>
        writeFile(
          kubeconfig,
          JSON.stringify({
            'current-context': 'test',
            clusters: [{name: 'c', cluster: {server: use.api.url}}],
            users: [{name: 'u', user: {token}}],
            contexts: [{name: 'test', context: {cluster: 'c', user: 'u'}}],
          }),
        )
      await write('first')
      use.api.tokens = ['first']
      use.api.put(apiNode('a', '10.0.0.1'))
      const access = await use.access({kubeconfig})
      assert.equal((await access.list(NODES.resource, {limit: 1}, ending.signal)).items.length, 1)
      use.api.tokens = ['second']
      await assert.rejects(access.list(NODES.resource, {limit: 1}, ending.signal), {
        code: 'api-unauthorized',
        hint: `the token or client certificate has expired or is for another cluster; renew the credentials of --kubeconfig ${kubeconfig}, context test`,
      })
      await write('second')
      assert.equal((await access.list(NODES.resource, {limit: 1}, ending.signal)).items.length, 1)
      assert.deepEqual(
        use.api.requests.map(({headers}) => headers.authorization),
        ['first', 'first', 'first', 'second'].map((token) => `Bearer ${token}`),
      )
      await folder.remove()
    })
  })
})
