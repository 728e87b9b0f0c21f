/**
 * A real browser behind listeners that read its ClientHello. Chromium offers a post-quantum key share and an encrypted ClientHello, so
 * that the message is larger than a packet.
 */
import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer as createHttpServer} from 'node:http'
import {connect, createServer, type AddressInfo, type Server, type Socket} from 'node:net'
import type {Browser} from 'playwright-core'
import type {DataPlane} from '../../../src/dataplane/data-plane.js'
import {applyFiles} from '../../support/apply-files.js'
import type {Backend} from '../../support/backends.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../support/builders.js'
import {aSecret} from '../../support/certificates.js'
import {startChromium} from '../../support/chromium.js'
import {describeClientHello} from '../../support/client-hello.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePorts} from '../../support/ports.js'
import {skipBecause} from '../../support/skip.js'
import {INTEGRATION_TIMEOUT, UNIT_TIMEOUT} from '../../support/timeouts.js'
import {startTlsBackend} from '../../support/tls-clients.js'
import {translate} from '../../support/translate.js'

/** Bytes of a packet that the relay sends. */
const PIECE = 500

/** Ends of the names: `.example` would be looked up. */
const FLAGS = ['--host-resolver-rules=MAP *.test 127.0.0.1', '--ignore-certificate-errors']

describe('Chromium', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let browser: Browser | undefined
  let fixture: NginxFixture | undefined
  let nginx: DataPlane
  let backend: Backend | undefined
  const servers: Server[] = []
  let listen: {readonly passed: number; readonly terminated: number}

  before(async function () {
    const started = await startChromium(FLAGS)
    skipBecause(this, 'reason' in started ? started.reason : undefined)
    if ('browser' in started) browser = started.browser
    fixture = await NginxFixture.make()
    nginx = await fixture.open()
    backend = await startTlsBackend('passed')
    const [passed = 0, terminated = 0] = await freePorts(2)
    listen = {passed, terminated}
    await serve(backend.port, await listening(createHttpServer((_, response) => response.end('terminated'))))
  })

  after(async () => {
    await browser?.close()
    await fixture?.close()
    await backend?.close()
    for (const server of servers) server.close()
  })

  async function listening(server: Server): Promise<number> {
    servers.push(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }

  /** Two Services with server names; NGINX terminates TLS for the second one. */
  async function serve(tlsPort: number, httpPort: number): Promise<void> {
    const one = (name: keyof typeof listen, port: number, annotations: Readonly<Record<string, string>>) => [
      aService(name)
        .annotated({'upstream-type': 'pod', hosts: `${name}.test`, ...annotations})
        .port('p', 443, {listen: listen[name]}),
      aSlice(name).named(name).port('p', port).endpoints(anEndpoint('127.0.0.1')),
    ]
    const snapshot = aSnapshot([
      ...one('passed', tlsPort, {}),
      ...one('terminated', httpPort, {'tls-secret': 'certificate'}),
    ])
    const {files, diagnostics} = translate(
      {...snapshot, secrets: [aSecret('certificate', {pair: 'web'})]},
      options({
        ...{directory: fixture?.directory ?? '', nginx: nginx.capabilities, openFiles: 4096},
        ...{listenAddresses: {IPv4: ['127.0.0.1'], IPv6: []}, allowLocalEndpoints: true},
      }),
    )
    assert.deepEqual(
      diagnostics.filter(({severity}) => severity === 'error'),
      [],
    )
    await applyFiles(nginx, files, new AbortController().signal)
  }

  /** Passes connections on to the port in packets of PIECE bytes, and records what the first one sends before its first answer. */
  async function relay(port: number): Promise<{readonly port: number; readonly hello: () => Buffer}> {
    const sent: Buffer[] = []
    let first: Socket | undefined
    let isAnswered = false
    const relaying = createServer((client) => {
      first ??= client
      const server = connect({port, host: '127.0.0.1', noDelay: true})
      server.on('error', () => client.destroy()).on('close', () => client.destroy())
      client.on('error', () => server.destroy()).on('close', () => server.destroy())
      server.on('data', (data: Buffer) => {
        isAnswered ||= client === first
        client.write(data)
      })
      client.on('data', (data: Buffer) => {
        if (client === first && !isAnswered) sent.push(data)
        for (let at = 0; at < data.length; at += PIECE) server.write(data.subarray(at, at + PIECE))
      })
    })
    return {port: await listening(relaying), hello: () => Buffer.concat(sent)}
  }

  for (const name of ['passed', 'terminated'] as const)
    it(`gets the page of a listener by server name, TLS ${name}`, async () => {
      const {port, hello} = await relay(listen[name])
      const page = await browser?.newPage()
      await page?.goto(`https://${name}.test:${port}/`, {timeout: UNIT_TIMEOUT})
      assert.equal(await page?.locator('body').textContent(), name)
      const {size, isEncrypted, isPostQuantum} = describeClientHello(hello())
      assert.deepEqual([size > 1400, isEncrypted, isPostQuantum], [true, true, true])
      await page?.close()
    })
})
