/** Real connections that fail on 127.0.0.1, and copies of the errors of Node that cannot be provoked there. */
import assert from 'node:assert/strict'
import {createServer, type Server, type Socket} from 'node:net'
import {once} from 'node:events'
import type {ApiFailure} from '../../../src/kube/api-failure.js'
import {connectionFailure} from '../../../src/kube/connection-failure.js'
import type {KubeAccess} from '../../../src/kube/access.js'
import {openAccess} from '../../../src/kube/open-access.js'
import {SERVICES} from '../../../src/sources/cluster/kinds.js'
import {ApiDouble, type DoubleOptions} from '../../support/api-double/api-double.js'
import {AUTHORITY, CLIENT, EXPIRED, OTHER, SERVER} from '../../support/api-double/certificates.js'
import {loadLibrary} from '../../support/api-double/use-double.js'
import {freePort} from '../../support/ports.js'
import {temporaryFolder} from '../../support/temporary-folder.js'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'

async function failureOf(opening: Promise<KubeAccess>): Promise<ApiFailure> {
  const access = await opening
  try {
    await access.list(SERVICES.resource, {limit: 1}, new AbortController().signal)
  } catch (error) {
    return error as ApiFailure
  } finally {
    access.close()
  }
  return assert.fail('it did not fail')
}

function through(proxy: string): Promise<KubeAccess> {
  return openAccess({proxy, version: '0.0.0'})
}

/** Access with a kubeconfig that has these fields of the cluster and the user. */
async function withKubeconfig(cluster: object, user: object): Promise<KubeAccess> {
  const folder = await temporaryFolder()
  const kubeconfig = join(folder.path, 'config')
  const config = {
    'current-context': 'test',
    clusters: [{name: 'c', cluster}],
    users: [{name: 'u', user}],
    contexts: [{name: 'test', context: {cluster: 'c', user: 'u'}}],
  }
  await writeFile(kubeconfig, JSON.stringify(config))
  try {
    return await openAccess({kubeconfig, version: '0.0.0'})
  } finally {
    await folder.remove()
  }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

describe('kube/connection-failure', () => {
  before(loadLibrary)

  const servers: {kill(): Promise<unknown>}[] = []
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.kill()
  })

  async function double(options: DoubleOptions): Promise<ApiDouble> {
    const api = await new ApiDouble(options).start()
    servers.push(api)
    return api
  }

  async function rawServer(onSocket: (socket: Socket) => void): Promise<number> {
    const sockets = new Set<Socket>()
    const server: Server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => {})
      onSocket(socket)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    servers.push({
      kill: async () => {
        for (const socket of sockets) socket.destroy()
        await new Promise((resolve) => server.close(resolve))
      },
    })
    return (server.address() as {port: number}).port
  }

  it('describes a refused connection', async () => {
    const port = await freePort()
    const {code, message, temporary} = await failureOf(through(`http://127.0.0.1:${port}`))
    assert.deepEqual(
      {code, message, temporary},
      {
        code: 'api-refused',
        message: `cannot reach the API server at http://127.0.0.1:${port} (--proxy): connection refused`,
        temporary: true,
      },
    )
  })

  it('describes a connection that is reset', async () => {
    const port = await rawServer((socket) => socket.once('data', () => socket.resetAndDestroy()))
    const {code, message, temporary} = await failureOf(through(`http://127.0.0.1:${port}`))
    assert.deepEqual([code, temporary], ['api-connection', true])
    assert.match(message, /connection (reset|closed)$/)
  })

  it('describes a server that does not speak HTTP', async () => {
    const port = await rawServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))
    const {code, message, temporary} = await failureOf(through(`http://127.0.0.1:${port}`))
    assert.deepEqual([code, temporary], ['not-an-api-server', false])
    assert.match(message, /does not speak HTTP$/)
  })

  it('describes a server that does not speak TLS', async () => {
    const api = await double({})
    const {code, message, hint, temporary} = await failureOf(through(api.url.replace('http:', 'https:')))
    assert.deepEqual([code, temporary], ['api-tls', false])
    assert.match(message, /it does not speak TLS$/)
    assert.match(hint ?? '', /use http:\/\//)
  })

  it('describes a certificate of an unknown authority', async () => {
    const api = await double({tls: SERVER})
    const {code, message, temporary} = await failureOf(through(api.url))
    assert.deepEqual([code, temporary], ['api-tls', false])
    assert.match(message, /its certificate is signed by an unknown authority$/)
  })

  const CA = {'certificate-authority-data': base64(AUTHORITY)}

  it('describes a certificate that has expired', async () => {
    const api = await double({tls: EXPIRED})
    const {code, message} = await failureOf(withKubeconfig({server: api.url, ...CA}, {}))
    assert.equal(code, 'api-tls')
    assert.match(message, /its certificate has expired$/)
  })

  it('describes a certificate for another name', async () => {
    const api = await double({tls: OTHER})
    const {code, message, hint} = await failureOf(withKubeconfig({server: api.url, ...CA}, {}))
    assert.equal(code, 'api-tls')
    assert.match(message, /its certificate is for another name \(.*127\.0\.0\.1.*\)$/)
    assert.match(hint ?? '', /tls-server-name/)
  })

  it('describes a missing client certificate', async () => {
    const api = await double({tls: {...SERVER, ca: AUTHORITY}})
    const {code} = await failureOf(withKubeconfig({server: api.url, ...CA}, {}))
    assert.match(code, /^api-(tls|connection)$/)
  })

  it('describes a key that does not match the certificate', async () => {
    const api = await double({tls: SERVER})
    const user = {'client-certificate-data': base64(CLIENT.cert), 'client-key-data': base64(OTHER.key)}
    const {code, message} = await failureOf(withKubeconfig({server: api.url, ...CA}, user))
    assert.equal(code, 'credentials-invalid')
    assert.match(message, /KEY_VALUES_MISMATCH$/)
  })

  it('connects with the right name, authority and client certificate', async () => {
    const api = await double({tls: {...SERVER, ca: AUTHORITY}})
    const user = {'client-certificate-data': base64(CLIENT.cert), 'client-key-data': base64(CLIENT.key)}
    for (const cluster of [CA, {'insecure-skip-tls-verify': true}]) {
      const access = await withKubeconfig({server: api.url, ...cluster}, user)
      const page = await access.list(SERVICES.resource, {limit: 1}, new AbortController().signal)
      assert.deepEqual(page, {items: [], resourceVersion: '1'})
      access.close()
    }
  })

  /** Errors that cannot be provoked on 127.0.0.1. */
  const MADE: readonly [code: string, failure: string, temporary: boolean, words: RegExp][] = [
    ['ENOTFOUND', 'api-dns', true, /the name api\.example does not exist in DNS$/],
    ['EAI_AGAIN', 'api-dns', true, /the name api\.example cannot be resolved: DNS does not answer$/],
    ['EHOSTUNREACH', 'api-connection', true, /no route to host$/],
    ['ENETUNREACH', 'api-connection', true, /network is unreachable$/],
    ['ETIMEDOUT', 'api-connection', true, /connection timed out$/],
    ['CERT_NOT_YET_VALID', 'api-tls', false, /its certificate is not valid yet$/],
    ['ESOMETHING', 'api-connection', true, /something$/],
  ]
  for (const [code, failure, temporary, words] of MADE) {
    it(code, () => {
      const error = Object.assign(new Error('something'), {code})
      const made = connectionFailure(error, {url: new URL('https://api.example'), through: '--proxy'})
      assert.deepEqual([made.code, made.temporary], [failure, temporary])
      assert.match(made.message, words)
    })
  }
})
