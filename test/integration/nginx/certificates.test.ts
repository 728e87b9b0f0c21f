/** Services that share a port by server name, each with its own certificate, with a real NGINX and real TLS clients. */
import assert from 'node:assert/strict'
import {once} from 'node:events'
import {connect, type ConnectionOptions, type TLSSocket} from 'node:tls'
import type {DataPlane} from '../../../src/dataplane/data-plane.js'
import type {DiscoveredNginx} from '../../../src/dataplane/nginx/host/discover-nginx.js'
import {startTcpBackend, type Backend} from '../../support/backends.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../support/builders.js'
import {aSecret, certificateText} from '../../support/certificates.js'
import {nginxOf} from '../../support/nginx-binary.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePorts} from '../../support/ports.js'
import {skipBecause} from '../../support/skip.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'
import {translate} from '../../support/translate.js'

const SECRETS = [
  aSecret('web', {pair: 'web'}),
  aSecret('docs', {pair: 'web-renewed'}),
  aSecret('authorities', {authority: 'authority', type: 'Opaque'}),
]
const WEB = {hosts: 'web.example.com', 'tls-secret': 'web'}
const DOCS = {hosts: '*.example.org', 'tls-secret': 'docs'}
const CLIENT = {cert: certificateText('client.pem'), key: certificateText('client.key')}

describe('certificates by server name', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let found: DiscoveredNginx
  let fixture: NginxFixture | undefined
  let nginx: DataPlane
  let backends: Backend[]
  let listen: number

  before(async function () {
    const debian = await nginxOf('trixie')
    if ('reason' in debian) return skipBecause(this, debian.reason)
    found = debian
    fixture = await NginxFixture.make(found)
    nginx = await fixture.open()
    backends = await Promise.all(['web', 'docs', 'rest'].map((name) => startTcpBackend(name)))
    ;[listen = 0] = await freePorts(1)
  })

  after(async () => {
    await fixture?.close()
    await Promise.all((backends ?? []).map((backend) => backend.close()))
  })

  /** Serves a Service for each of the annotations: with the backends web, docs and rest. */
  async function serve(...services: readonly Readonly<Record<string, string>>[]): Promise<void> {
    const parts = services.flatMap((annotations, index) => [
      aService(`s${index}`)
        .annotated({'upstream-type': 'pod', ...annotations})
        .port('p', 1, {listen}),
      aSlice(`s${index}`)
        .named(`s${index}`)
        .port('p', backends[index]?.port ?? 0)
        .endpoints(anEndpoint('127.0.0.1')),
    ])
    const {files, diagnostics} = translate(
      {...aSnapshot(parts), secrets: SECRETS},
      options({
        ...{directory: fixture?.directory ?? '', nginx: found.capabilities, openFiles: 4096},
        ...{listenAddresses: {IPv4: ['127.0.0.1'], IPv6: []}, allowLocalEndpoints: true},
      }),
    )
    assert.deepEqual(diagnostics, [])
    const {signal} = new AbortController()
    const applied = await nginx.commit(await nginx.prepare(files, signal), signal)
    assert.deepEqual(applied.quarantined, [])
  }

  /** The name in the certificate and the answer of the backend, or `closed`. */
  async function ask(servername: string, details: ConnectionOptions = {}): Promise<string> {
    const socket = open(servername, details)
    try {
      await once(socket, 'secureConnect')
      socket.write('hello')
      const closed = once(socket, 'close').then((): [] => [])
      const [answer] = (await Promise.race([once(socket, 'data'), closed])) as [Buffer?]
      return answer ? [socket.getPeerCertificate().subject.CN, nameIn(answer)].join(': ') : 'closed'
    } catch {
      return 'closed'
    } finally {
      socket.destroy()
    }
  }

  function open(servername: string, details: ConnectionOptions): TLSSocket {
    const ca = certificateText('authority.pem')
    const checkServerIdentity = (): undefined => undefined
    return connect({host: '127.0.0.1', port: listen, servername, ca, checkServerIdentity, ...details})
  }

  it('each name gets its own, and other connections are closed', async () => {
    await serve(WEB, DOCS)
    assert.equal(await ask('web.example.com'), 'web: web')
    assert.equal(await ask('WEB.example.com', {maxVersion: 'TLSv1.2'}), 'web: web')
    assert.equal(await ask('a.b.example.org'), 'web-renewed: docs')
    assert.equal(await ask('unknown.test'), 'closed')
    assert.equal(await ask(''), 'closed')
  })

  it('"*" gets all other connections, with its certificate', async () => {
    await serve(WEB, DOCS, {hosts: '*', 'tls-secret': 'docs'})
    assert.equal(await ask('web.example.com'), 'web: web')
    assert.equal(await ask('a.example.org'), 'web-renewed: docs')
    assert.equal(await ask('unknown.test'), 'web-renewed: rest')
    assert.equal(await ask(''), 'web-renewed: rest')
  })

  it('clients are verified for the names of one Service only, also if they resume a session of another', async () => {
    await serve(WEB, {...DOCS, 'tls-client-ca-secret': 'authorities'})
    assert.equal(await ask('web.example.com'), 'web: web')
    assert.equal(await ask('a.example.org', CLIENT), 'web-renewed: docs')
    assert.equal(await ask('a.example.org'), 'closed')
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const session = await sessionOf('web.example.com', maxVersion)
      assert.equal(await ask('a.example.org', {maxVersion, ...(session && {session})}), 'closed')
    }
  })

  /** The session of a connection that was served; undefined if NGINX gave none. */
  async function sessionOf(
    servername: string,
    maxVersion: 'TLSv1.2' | 'TLSv1.3',
  ): Promise<Buffer | undefined> {
    const socket = open(servername, {maxVersion})
    let session: Buffer | undefined
    socket.on('session', (each: Buffer) => (session = each))
    await once(socket, 'secureConnect')
    socket.write('hello')
    await once(socket, 'data')
    session ??= socket.getSession()
    socket.destroy()
    return session
  }
})

/** Backends answer with their name first. */
function nameIn(answer: Buffer): string {
  return /^\w+/.exec(answer.toString())?.[0] ?? ''
}
