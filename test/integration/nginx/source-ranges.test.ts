/** Which clients a real NGINX lets in, by TCP and UDP, over IPv4 and IPv6. */
import assert from 'node:assert/strict'
import type {DataPlane} from '../../../src/dataplane/data-plane.js'
import {startTcpBackend, startUdpBackend, type Backend} from '../../support/backends.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../support/builders.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePorts} from '../../support/ports.js'
import {INTEGRATION_TIMEOUT, scaled} from '../../support/timeouts.js'
import {askTcp, askUdp} from '../../support/traffic.js'
import {translate} from '../../support/translate.js'

describe('source ranges', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let fixture: NginxFixture
  let nginx: DataPlane
  let backends: Backend[]
  let listen: number

  beforeEach(async () => {
    fixture = await NginxFixture.make()
    nginx = await fixture.open()
    backends = await Promise.all([
      startTcpBackend('tcp'),
      startUdpBackend('udp'),
      startTcpBackend('tcp6', {address: '::1'}),
      startUdpBackend('udp6', {address: '::1'}),
    ])
    ;[listen = 0] = await freePorts(1)
  })

  afterEach(async () => {
    await fixture.close()
    await Promise.all(backends.map((backend) => backend.close()))
  })

  /** Serves a dual-stack Service with one port for TCP and UDP. */
  async function serve(loadBalancerSourceRanges?: readonly string[]): Promise<void> {
    const [tcp = 0, udp = 0, tcp6 = 0, udp6 = 0] = backends.map(({port}) => port)
    const service = aService('web')
      .with({ipFamilies: ['IPv4', 'IPv6'], ...(loadBalancerSourceRanges && {loadBalancerSourceRanges})})
      .annotated({'upstream-type': 'pod'})
      .port('t', 1, {listen})
      .port('u', 1, {listen, protocol: 'UDP'})
    const slice = (name: string, ports: {t: number; u: number}, address: string, addressType: string) =>
      aSlice('web')
        .with({ref: {kind: 'EndpointSlice', namespace: 'default', name}, addressType})
        .port('t', ports.t)
        .port('u', ports.u, 'UDP')
        .endpoints(anEndpoint(address))
    const parts = [
      service,
      slice('web-4', {t: tcp, u: udp}, '127.0.0.1', 'IPv4'),
      slice('web-6', {t: tcp6, u: udp6}, '::1', 'IPv6'),
    ]
    const listenAddresses = {IPv4: ['127.0.0.1'], IPv6: ['::1']}
    const {files} = translate(aSnapshot(parts), options({listenAddresses, allowLocalEndpoints: true}))
    await fixture.apply(nginx, ...files.filter(({owners}) => owners.length > 0))
  }

  /** What clients get: a connection that is denied is closed, a datagram that is denied has no answer. */
  async function answers(): Promise<Record<string, string | undefined>> {
    const tcp = (address: string, from: string) =>
      askTcp({port: listen, address, from}).catch((error: Error) => error.message.replace(/^.*: /, ''))
    const udp = (address: string, from: string) => askUdp({port: listen, address, from}, 'x', scaled(1000))
    return {
      'tcp 127.0.0.1': await tcp('127.0.0.1', '127.0.0.1'),
      'tcp 127.0.0.2': await tcp('127.0.0.1', '127.0.0.2'),
      'tcp ::1': await tcp('::1', '::1'),
      'udp 127.0.0.1': await udp('127.0.0.1', '127.0.0.1'),
      'udp 127.0.0.2': await udp('127.0.0.1', '127.0.0.2'),
      'udp ::1': await udp('::1', '::1'),
    }
  }

  const ALL = {
    'tcp 127.0.0.1': 'tcp',
    'tcp 127.0.0.2': 'tcp',
    'tcp ::1': 'tcp6',
    'udp 127.0.0.1': 'udp x',
    'udp 127.0.0.2': 'udp x',
    'udp ::1': 'udp6 x',
  }

  it('let in only the clients in them, and change with the Service', async () => {
    await serve()
    assert.deepEqual(await answers(), ALL)
    await serve(['127.0.0.2/32', '::1/128'])
    assert.deepEqual(await answers(), {
      ...ALL,
      'tcp 127.0.0.1': 'closed without an answer',
      'udp 127.0.0.1': undefined,
    })
    await serve(['0.0.0.0/1', '128.0.0.0/1'])
    assert.deepEqual(await answers(), {...ALL, 'tcp ::1': 'closed without an answer', 'udp ::1': undefined})
    await serve(['192.0.2.1/32'])
    assert.deepEqual(
      new Set(Object.values(await answers())),
      new Set(['closed without an answer', undefined]),
    )
    await serve()
    assert.deepEqual(await answers(), ALL)
  })
})
