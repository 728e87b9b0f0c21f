/** A range of listen ports on a real NGINX: each port leads to its own port of the Pods, for TCP and UDP. */
import assert from 'node:assert/strict'
import type {DataPlane} from '../../../src/dataplane/data-plane.js'
import {startTcpBackend, startUdpBackend, type Backend} from '../../support/backends.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../support/builders.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freeRange} from '../../support/ports.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'
import {exchange} from '../../support/traffic.js'
import {translate} from '../../support/translate.js'
import {UdpClient} from '../../support/udp-client.js'

const PORTS = [0, 1, 2]

describe('a range of listen ports', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let fixture: NginxFixture
  let nginx: DataPlane
  let backends: Backend[]
  let listen: number
  let target: number

  before(async () => {
    ;[listen, target] = [await freeRange(PORTS.length), await freeRange(PORTS.length)]
    fixture = await NginxFixture.make()
    nginx = await fixture.open()
    backends = await Promise.all(
      PORTS.flatMap((offset) => {
        const at = {address: '127.0.0.2', port: target + offset}
        return [startTcpBackend(`tcp-${offset}`, at), startUdpBackend(`udp-${offset}`, at)]
      }),
    )
  })

  after(async () => {
    await fixture.close()
    await Promise.all(backends.map((backend) => backend.close()))
  })

  /** Serves the same range for TCP and UDP, with Pods at these addresses. */
  async function serve(...addresses: readonly string[]): Promise<void> {
    const range = `${listen}-${listen + PORTS.length - 1}`
    const service = aService('media')
      .annotated({'upstream-type': 'pod'})
      .port('tcp', 1, {listen: range})
      .port('udp', 2, {listen: range, protocol: 'UDP'})
    const slice = aSlice('media')
      .port('tcp', target)
      .port('udp', target, 'UDP')
      .endpoints(...addresses.map((address) => anEndpoint(address)))
    const listenAddresses = {IPv4: ['127.0.0.1'], IPv6: []}
    const world = options({listenAddresses, allowLocalEndpoints: true})
    const {files} = translate(aSnapshot([service, slice]), world)
    const {quarantined} = await fixture.apply(nginx, ...files.filter(({owners}) => owners.length > 0))
    assert.deepEqual(quarantined, [])
  }

  const askTcp = async (offset: number) => (await exchange({port: listen + offset}, 'x')).text

  it('leads each TCP port to the target port plus the same number', async () => {
    await serve('127.0.0.2')
    assert.deepEqual(await Promise.all(PORTS.map(askTcp)), ['tcp-0\nx', 'tcp-1\nx', 'tcp-2\nx'])
  })

  it('leads each UDP port to the target port plus the same number', async () => {
    await serve('127.0.0.2')
    for (const offset of PORTS) {
      const client = await UdpClient.open({port: listen + offset})
      try {
        assert.equal(await client.ask(), `udp-${offset}`)
      } finally {
        await client.close()
      }
    }
  })

  it('tries the next Pod if one does not accept a connection', async () => {
    await serve('127.0.0.2', '127.0.0.3')
    for (let count = 0; count < 10; count += 1) assert.equal(await askTcp(1), 'tcp-1\nx')
  })
})
