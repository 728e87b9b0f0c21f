/** TLS to clients and to backends, with a real NGINX and real TLS clients. */
import assert from 'node:assert/strict'
import {once} from 'node:events'
import {readdir, stat} from 'node:fs/promises'
import {
  connect as connectTcp,
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
  type Socket,
} from 'node:net'
import {join} from 'node:path'
import {connect, createServer, type ConnectionOptions, type Server, type TLSSocket} from 'node:tls'
import type {Secret} from '../../../src/core/cluster/objects.js'
import type {DataPlane} from '../../../src/dataplane/data-plane.js'
import {run} from '../../../src/util/run-program.js'
import {startTcpBackend} from '../../support/backends.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../support/builders.js'
import {aSecret, certificatePath, certificateText} from '../../support/certificates.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePorts} from '../../support/ports.js'
import {skipBecause, whyNoProgram} from '../../support/skip.js'
import {INTEGRATION_TIMEOUT, scaled} from '../../support/timeouts.js'
import {translate} from '../../support/translate.js'

const SECRETS = [
  aSecret('certificate', {pair: 'web'}),
  aSecret('authorities', {authority: 'authority', type: 'Opaque'}),
  aSecret('other-authorities', {authority: 'other-authority', type: 'Opaque'}),
]

type Served = {
  readonly annotations: Readonly<Record<string, string>>
  readonly port?: number
  readonly name?: string
}

function portOf(server: TcpServer): number {
  return (server.address() as AddressInfo).port
}

/** Connects to the port on 127.0.0.1, and passes on what the client sends in packets of 500 bytes. */
function relayInPieces(client: Socket, port: number): void {
  const server = connectTcp({port, host: '127.0.0.1', noDelay: true})
  server.on('error', () => client.destroy()).on('close', () => client.destroy())
  client.on('error', () => server.destroy()).on('close', () => server.destroy())
  server.pipe(client)
  client.on('data', (data: Buffer) => {
    for (let at = 0; at < data.length; at += 500) server.write(data.subarray(at, at + 500))
  })
}

describe('TLS', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let fixture: NginxFixture
  let nginx: DataPlane
  let backend: TcpServer
  let listen: number

  before(async () => {
    fixture = await NginxFixture.make()
    nginx = await fixture.open()
    backend = createTcpServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1')
    await once(backend, 'listening')
    ;[listen = 0] = await freePorts(1)
  })

  after(async () => {
    await fixture.close()
    await new Promise((resolve) => backend.close(resolve))
  })

  /** Serves Services at the listen port, and returns the files of the configuration. */
  async function serve(services: readonly Served[], secrets: readonly Secret[] = SECRETS) {
    const parts = services.flatMap(({annotations, port = portOf(backend), name = 'web'}) => [
      aService(name)
        .annotated({'upstream-type': 'pod', ...annotations})
        .port('p', 1, {listen}),
      aSlice(name).named(name).port('p', port).endpoints(anEndpoint('127.0.0.1')),
    ])
    const listenAddresses = {IPv4: ['127.0.0.1'], IPv6: []}
    const {files, diagnostics} = translate(
      {...aSnapshot(parts), secrets},
      options({
        ...{directory: fixture.directory, nginx: nginx.capabilities, openFiles: 4096},
        ...{listenAddresses, allowLocalEndpoints: true},
      }),
    )
    assert.deepEqual(diagnostics, [])
    const applied = await nginx.commit(
      await nginx.prepare(files, new AbortController().signal),
      new AbortController().signal,
    )
    assert.deepEqual(applied.quarantined, [])
    return applied
  }

  const one = (annotations: Served['annotations'], port?: number) =>
    serve([{annotations, ...(port !== undefined && {port})}])

  /** The name in the certificate, the version, and what comes back for a text; `closed` if there is no answer. */
  async function ask(details: ConnectionOptions = {}): Promise<string> {
    const socket = connectTls(details)
    try {
      await once(socket, 'secureConnect')
      socket.write('hello')
      const closed = once(socket, 'close').then((): [] => [])
      const [answer] = (await Promise.race([once(socket, 'data'), closed])) as [Buffer?]
      if (!answer) return 'closed'
      return [socket.getPeerCertificate().subject.CN, socket.getProtocol(), answer.toString().trim()].join(
        ' ',
      )
    } catch {
      return 'closed'
    } finally {
      socket.destroy()
    }
  }

  function connectTls(details: ConnectionOptions): TLSSocket {
    const ca = certificateText('authority.pem')
    return connect({host: '127.0.0.1', port: listen, servername: 'web.example.com', ca, ...details})
  }

  const clientPair = (name: string): ConnectionOptions => ({
    cert: certificateText(`${name}.pem`),
    key: certificateText(`${name}.key`),
  })

  it('is terminated with the certificate of a Secret', async () => {
    await one({'tls-secret': 'certificate'})
    assert.equal(await ask(), 'web TLSv1.3 hello')
    assert.equal(await ask({maxVersion: 'TLSv1.2'}), 'web TLSv1.2 hello')
    assert.equal(await ask({maxVersion: 'TLSv1.1', minVersion: 'TLSv1'}), 'closed')
  })

  it('is verified by openssl', async function () {
    skipBecause(this, whyNoProgram('openssl'))
    await one({'tls-secret': 'certificate'})
    const verify = ['-verify_return_error', '-verify_hostname', 'web.example.com', '-brief']
    const parameters = [
      's_client',
      '-connect',
      `127.0.0.1:${listen}`,
      '-CAfile',
      certificatePath('authority.pem'),
    ]
    const {exitCode} = await run('openssl', [...parameters, ...verify], {timeout: scaled(20_000), input: ''})
    assert.equal(exitCode, 0)
  })

  it('can be limited to version 1.3', async () => {
    await one({'tls-secret': 'certificate', 'tls-min-version': '1.3'})
    assert.equal(await ask(), 'web TLSv1.3 hello')
    assert.equal(await ask({maxVersion: 'TLSv1.2'}), 'closed')
  })

  it('closes a client that does not speak TLS', async () => {
    await one({'tls-secret': 'certificate'})
    const socket = connectTcp(listen, '127.0.0.1')
    socket.on('error', () => {})
    let answer = ''
    socket.on('data', (data) => (answer += data.toString()))
    socket.write('GET / HTTP/1.0\r\n\r\n')
    await once(socket, 'close')
    assert.equal(answer.includes('GET'), false)
  })

  it('accepts clients with a certificate of the authority, and no others', async () => {
    await one({'tls-secret': 'certificate', 'tls-client-ca-secret': 'authorities'})
    assert.equal(await ask(clientPair('client')), 'web TLSv1.3 hello')
    assert.equal(await ask({...clientPair('client'), maxVersion: 'TLSv1.2'}), 'web TLSv1.2 hello')
    assert.equal(await ask(), 'closed')
    assert.equal(await ask(clientPair('other-client')), 'closed')
    assert.equal(await ask({...clientPair('other-client'), maxVersion: 'TLSv1.2'}), 'closed')
  })

  it('is routed by server name to Services with the same certificate', async () => {
    const other = await startTcpBackend('other')
    try {
      const shared = {'tls-secret': 'certificate'}
      await serve([
        {annotations: {...shared, hosts: 'web.example.com'}},
        {name: 'docs', annotations: {...shared, hosts: '*.example.org'}, port: other.port},
      ])
      assert.equal(await ask(), 'web TLSv1.3 hello')
      assert.match(await ask({servername: 'docs.example.org'}), /^web TLSv1.3 other/)
      assert.equal(await ask({servername: 'unknown.test', checkServerIdentity: () => undefined}), 'closed')
    } finally {
      await other.close()
    }
  })

  it('is routed by server name if the first message of a client is large and arrives in many packets', async () => {
    await one({'tls-secret': 'certificate', hosts: 'web.example.com'})
    const relay = createTcpServer((client) => relayInPieces(client, listen)).listen(0, '127.0.0.1')
    await once(relay, 'listening')
    try {
      // 64 names of protocols with 255 characters: more than the 16 KB of one TLS record.
      const ALPNProtocols = Array.from({length: 64}, (_, index) => `${index}`.padEnd(255, 'x'))
      const large = {port: portOf(relay), ALPNProtocols}
      assert.equal(await ask(large), 'web TLSv1.3 hello')
      assert.equal(await ask({...large, maxVersion: 'TLSv1.2'}), 'web TLSv1.2 hello')
      const unknown = {servername: 'unknown.test', checkServerIdentity: () => undefined}
      assert.equal(await ask({...large, ...unknown}), 'closed')
    } finally {
      relay.close()
    }
  })

  describe('to a backend', () => {
    let server: Server
    let port: number
    let names: string[]

    before(async () => {
      names = []
      server = createServer({
        cert: certificateText('web.pem'),
        key: certificateText('web.key'),
        SNICallback: (name, done) => {
          names.push(name)
          done(null)
        },
      })
      server.on('secureConnection', (socket) => {
        socket.on('error', () => {})
        socket.pipe(socket)
      })
      server.on('tlsClientError', () => {})
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      port = portOf(server)
    })
    after(() => new Promise((resolve) => server.close(resolve)))

    it('asks for the name of the Service, and verifies it', async () => {
      await one({'tls-secret': 'certificate', 'tls-to-backend': 'verify authorities'}, port)
      assert.equal(await ask(), 'web TLSv1.3 hello')
      assert.deepEqual(names, ['web.default.svc'])
    })

    it('does not use a backend with a certificate of another authority', async () => {
      await one({'tls-secret': 'certificate', 'tls-to-backend': 'verify other-authorities'}, port)
      assert.equal(await ask(), 'closed')
    })

    it('does not use a backend with a certificate for another name', async () => {
      const annotations = {'tls-secret': 'certificate', 'tls-to-backend': 'verify authorities'}
      await serve([{name: 'shop', annotations, port}])
      assert.equal(await ask(), 'closed')
    })

    it('accepts any certificate with "insecure"', async () => {
      await serve([
        {name: 'shop', annotations: {'tls-secret': 'certificate', 'tls-to-backend': 'insecure'}, port},
      ])
      assert.equal(await ask(), 'web TLSv1.3 hello')
    })
  })

  it('gets a renewed certificate without losing a connection', async () => {
    await one({'tls-secret': 'certificate'})
    const open = connectTls({})
    await once(open, 'secureConnect')
    const renewed = [aSecret('certificate', {pair: 'web-renewed'})]
    assert.equal((await serve([{annotations: {'tls-secret': 'certificate'}}], renewed)).reloads, 1)
    assert.equal(await ask(), 'web-renewed TLSv1.3 hello')
    open.write('still here')
    const [answer] = (await once(open, 'data')) as [Buffer]
    assert.equal(answer.toString(), 'still here')
    open.destroy()
  })

  it('keeps keys in files that only its user can read, as long as they are in use', async () => {
    const files = async () => (await readdir(fixture.layout.tls)).sort()
    await one({'tls-secret': 'certificate', 'tls-client-ca-secret': 'authorities'})
    assert.equal((await stat(fixture.layout.tls)).mode & 0o777, 0o700)
    for (const name of await files())
      assert.equal((await stat(join(fixture.layout.tls, name))).mode & 0o777, 0o600)
    const [first] = await files()
    assert.ok(first)
    // The generation before the current one stays on disk.
    await one({})
    await one({tries: '1'})
    await one({tries: '2'})
    assert.deepEqual(await files(), [])
  })
})
