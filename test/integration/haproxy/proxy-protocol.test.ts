/** The PROXY protocol between a real NGINX and HAProxy, which reads and writes it with another implementation. */
import assert from 'node:assert/strict'
import type {DiscoveredNginx} from '../../../src/dataplane/nginx/host/discover-nginx.js'
import {modelCapabilities} from '../../../src/dataplane/nginx-capabilities.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../support/builders.js'
import {askHaproxy, startHaproxyBackend, testHaproxy, type HaproxyBackend} from '../../support/haproxy.js'
import {nginxOf, testNginx} from '../../support/nginx-binary.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePorts} from '../../support/ports.js'
import {skipBecause} from '../../support/skip.js'
import {temporaryFolder, type TemporaryFolder} from '../../support/temporary-folder.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'
import {translate} from '../../support/translate.js'

/** The address of a client, unlike that of any program in between. */
const CLIENT = '127.0.0.3'

describe('the PROXY protocol between NGINX and HAProxy', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let folder: TemporaryFolder | undefined
  let haproxy: HaproxyBackend
  let fixture: NginxFixture | undefined
  let sending: number
  let reading: number

  before(async function () {
    const found = await testHaproxy()
    if ('reason' in found) return skipBecause(this, found.reason)
    ;[sending = 0, reading = 0] = await freePorts(2)
    folder = await temporaryFolder()
    haproxy = await startHaproxyBackend(found.binary, folder.path, reading)
  })
  afterEach(async () => {
    await fixture?.close()
    fixture = undefined
  })
  after(async () => {
    if (!folder) return
    await haproxy.close()
    await folder.remove()
  })

  /** Serves two ports: NGINX sends a header of this version on both, and requires one on `reading`. */
  async function serve(nginx: DiscoveredNginx, version: 'v1' | 'v2'): Promise<void> {
    fixture = await NginxFixture.make(nginx)
    const service = aService('web')
      .annotated({
        'upstream-type': 'pod',
        'proxy-protocol': version,
        'accept-proxy-protocol.reading': '127.0.0.1/32',
      })
      .port('sending', 1, {listen: sending})
      .port('reading', 2, {listen: reading})
    const slice = aSlice('web')
      .port('sending', haproxy.proxied)
      .port('reading', haproxy.proxied)
      .endpoints(anEndpoint('127.0.0.1'))
    const {files} = translate(
      aSnapshot([service, slice]),
      options({
        listenAddresses: {IPv4: ['127.0.0.1'], IPv6: []},
        allowLocalEndpoints: true,
        capabilities: modelCapabilities(nginx.capabilities),
      }),
    )
    const services = files.filter(({owners}) => owners.length > 0)
    const {quarantined} = await fixture.apply(await fixture.open(), ...services)
    assert.deepEqual([services.length, quarantined], [1, []])
  }

  it('works with version 1, in both directions, and with version 2 from HAProxy', async () => {
    await serve(await testNginx(), 'v1')
    assert.match(await askHaproxy(sending, '', CLIENT), /^127\.0\.0\.3:\d+$/)
    assert.match(await askHaproxy(haproxy.senders.v1, '', CLIENT), /^127\.0\.0\.3:\d+$/)
    assert.match(await askHaproxy(haproxy.senders.v2, '', CLIENT), /^127\.0\.0\.3:\d+$/)
    await assert.rejects(askHaproxy(reading, '', CLIENT), 'without a header')
  })

  it('works with version 2 from an NGINX that can send it', async function () {
    const nginx = await nginxOf('sid')
    if ('reason' in nginx) return skipBecause(this, nginx.reason)
    const {name, proxyProtocolV2} = modelCapabilities(nginx.capabilities)
    if (!proxyProtocolV2) return skipBecause(this, `${name} cannot send version 2 of the PROXY protocol`)
    await serve(nginx, 'v2')
    assert.match(await askHaproxy(sending, '', CLIENT), /^127\.0\.0\.3:\d+$/)
    assert.match(await askHaproxy(haproxy.senders.v2, '', CLIENT), /^127\.0\.0\.3:\d+$/)
  })
})
