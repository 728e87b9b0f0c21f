/** TLS and changes without a reload: servers change at once, a certificate with a reload. */
import assert from 'node:assert/strict'
import {once} from 'node:events'
import {connect as connectTcp} from 'node:net'
import {connect} from 'node:tls'
import type {DataPlane} from '../../../../src/dataplane/data-plane.js'
import {startTcpBackend, type Backend} from '../../../support/backends.js'
import {aSecret, certificateText} from '../../../support/certificates.js'
import {LiveStage} from '../../../support/live-stage.js'
import {NGINX_SUITES} from '../../../support/nginx-binary.js'
import {freePorts} from '../../../support/ports.js'
import {INTEGRATION_TIMEOUT} from '../../../support/timeouts.js'
import {startTlsBackend, TLS_CLIENTS} from '../../../support/tls-clients.js'

const LIVE = {reloads: 0, changed: true}
const RELOAD = {reloads: 1, changed: true}
const GUARDED = {
  'tls-secret': 'certificate',
  'accept-proxy-protocol': '127.0.0.0/8',
  'source-ranges': '10.1.0.0/16',
}

for (const suite of NGINX_SUITES) {
  describe(`TLS of a Service on the NGINX of ${suite}`, function () {
    this.timeout(INTEGRATION_TIMEOUT)
    let stage: LiveStage
    let nginx: DataPlane
    let backends: Backend[]
    let listen: number

    before(async function () {
      stage = await LiveStage.make(this, suite)
      backends = [await startTcpBackend('a'), await startTcpBackend('b'), await startTlsBackend('tls')]
      ;[listen = 0] = await freePorts(1)
      nginx = await stage.open()
    })

    after(async () => {
      for (const backend of backends ?? []) await backend.close()
      await stage?.close()
    })

    /** Serves the backends of these indexes. */
    async function apply(annotations: Readonly<Record<string, string>>, pair: string, ...indexes: number[]) {
      stage.secrets = [aSecret('certificate', {pair, authority: 'authority'})]
      const to = indexes.map((index) => backends[index]?.port ?? 0)
      const {reloads, changed, quarantined} = await stage.apply(nginx, {web: {listen, to, annotations}})
      assert.deepEqual(quarantined, [])
      return {reloads, changed}
    }

    /** The name in the certificate and the answer; `closed` if there is none. `header`: sent before TLS begins. */
    async function ask(header = ''): Promise<string> {
      const raw = connectTcp(listen, '127.0.0.1')
      raw.on('error', () => {})
      if (header) raw.write(header)
      const socket = connect({
        ...{socket: raw, servername: 'web.example.com'},
        ca: certificateText('authority.pem'),
      })
      const closed = once(socket, 'close').then(
        () => 'closed',
        () => 'closed',
      )
      const answer = once(socket, 'data').then(
        ([data]) => [socket.getPeerCertificate().subject.CN, String(data).trim()].join(' '),
        () => 'closed',
      )
      const first = await Promise.race([answer, closed])
      socket.destroy()
      raw.destroy()
      return first
    }

    it('stays while its servers change without a reload; a new certificate is a reload', async () => {
      const annotations = {'tls-secret': 'certificate'}
      await apply(annotations, 'web', 0)
      assert.equal(await ask(), 'web a')
      assert.deepEqual(await apply(annotations, 'web', 1), LIVE)
      assert.equal(await ask(), 'web b')
      assert.deepEqual(await apply(annotations, 'web-renewed', 1), RELOAD)
      assert.equal(await ask(), 'web-renewed b')
      assert.deepEqual(await apply(annotations, 'web-renewed', 0), LIVE)
      assert.equal(await ask(), 'web-renewed a')
    })

    it('comes after the header of the PROXY protocol, whose address counts for ranges', async () => {
      await apply(GUARDED, 'web', 0)
      assert.equal(await ask('PROXY TCP4 10.1.2.3 10.9.9.9 5000 443\r\n'), 'web a')
      assert.equal(await ask('PROXY TCP4 10.2.2.3 10.9.9.9 5000 443\r\n'), 'closed')
      assert.equal(await ask(), 'closed')
    })

    it('to servers is verified after a change without a reload, too', async () => {
      const verified = {'tls-secret': 'certificate', 'tls-to-backend': 'verify certificate'}
      await apply(verified, 'web', 0)
      assert.deepEqual(await apply(verified, 'web', 2), LIVE)
      assert.equal(await TLS_CLIENTS.node(listen, 'web.example.com'), 'closed')
      const insecure = {...verified, 'tls-to-backend': 'insecure'}
      assert.deepEqual(await apply(insecure, 'web', 2), RELOAD)
      assert.equal(await TLS_CLIENTS.node(listen, 'web.example.com'), 'tls')
      assert.deepEqual(await apply(verified, 'web', 2), RELOAD)
      assert.equal(await TLS_CLIENTS.node(listen, 'web.example.com'), 'closed')
    })
  })
}
