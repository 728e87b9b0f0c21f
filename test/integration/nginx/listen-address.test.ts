/** Two Services on one port of one host, on two addresses, with a real NGINX: TCP and UDP. */
import assert from 'node:assert/strict'
import type {DataPlane} from '../../../src/dataplane/data-plane.js'
import {startTcpBackend, startUdpBackend, type Backend} from '../../support/backends.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../support/builders.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePort} from '../../support/ports.js'
import {INTEGRATION_TIMEOUT, scaled} from '../../support/timeouts.js'
import {askTcp, askUdp} from '../../support/traffic.js'
import {translate} from '../../support/translate.js'

const ON_TWO = {
  listenAddresses: {IPv4: ['127.0.0.2', '127.0.0.3'], IPv6: []},
  addressNames: {two: ['127.0.0.2'], three: ['127.0.0.3']},
}

describe('Services on different addresses of one port', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let fixture: NginxFixture
  let nginx: DataPlane
  const backends: Backend[] = []
  let listen: number

  beforeEach(async () => {
    fixture = await NginxFixture.make()
    nginx = await fixture.open()
    listen = await freePort()
  })

  afterEach(async () => {
    await fixture.close()
    await Promise.all(backends.splice(0).map((backend) => backend.close()))
  })

  /** A Service with one port for TCP and UDP, and its backends, which answer with its name. */
  async function serviceOf(name: string) {
    const [tcp, udp] = await Promise.all([startTcpBackend(name), startUdpBackend(name)])
    backends.push(tcp, udp)
    const service = aService(name)
      .annotated({'upstream-type': 'pod'})
      .port('t', 1, {listen})
      .port('u', 1, {listen, protocol: 'UDP'})
    const slice = aSlice(name)
      .port('t', tcp.port)
      .port('u', udp.port, 'UDP')
      .endpoints(anEndpoint('127.0.0.1'))
    return (address?: string) => [
      address === undefined ? service : service.annotated({'listen-address': address}),
      slice,
    ]
  }

  async function serve(parts: Parameters<typeof aSnapshot>[0], overrides: object): Promise<string[]> {
    const {files, diagnostics} = translate(
      aSnapshot(parts),
      options({...overrides, allowLocalEndpoints: true}),
    )
    await fixture.apply(nginx, ...files.filter(({owners}) => owners.length > 0))
    return diagnostics.map(({code, object}) => `${code} ${object.name}`)
  }

  /** Who answers on 127.0.0.2 and 127.0.0.3, by TCP and UDP. */
  async function answers(): Promise<(string | undefined)[]> {
    const asked = ['127.0.0.2', '127.0.0.3'].flatMap((address) => [
      askTcp({port: listen, address}).catch(() => undefined),
      askUdp({port: listen, address}, 'x', scaled(1000)),
    ])
    return Promise.all(asked)
  }

  it('are both served, by name and by address', async () => {
    const [web, api] = [await serviceOf('web'), await serviceOf('api')]
    assert.deepEqual(await serve([...web('two'), ...api('127.0.0.3')], ON_TWO), [])
    assert.deepEqual(await answers(), ['web', 'web x', 'api', 'api x'])
    assert.deepEqual(await serve([...web('three'), ...api('127.0.0.2')], ON_TWO), [])
    assert.deepEqual(await answers(), ['api', 'api x', 'web', 'web x'])
  })

  it('move between a single address and all addresses', async () => {
    const [web, api] = [await serviceOf('web'), await serviceOf('api')]
    await serve(web('127.0.0.2'), {})
    assert.deepEqual(await answers(), ['web', 'web x', undefined, undefined])
    await serve(web(), {})
    assert.deepEqual(await answers(), ['web', 'web x', 'web', 'web x'])
    assert.deepEqual(await serve([...web(), ...api('127.0.0.3')], {}), [
      'port-conflict web',
      'port-conflict web',
    ])
    assert.deepEqual(await answers(), [undefined, undefined, 'api', 'api x'])
  })

  it('are not served on another address if the host does not have theirs', async () => {
    const [web, api] = [await serviceOf('web'), await serviceOf('api')]
    assert.deepEqual(await serve([...web('two'), ...api('four')], ON_TWO), ['listen-address-unknown api'])
    assert.deepEqual(await answers(), ['web', 'web x', undefined, undefined])
  })
})
