import assert from 'node:assert/strict'
import {checkReach, type Target} from '../../../src/doctor/reach.js'
import {startTcpBackend, type Backend} from '../../support/backends.js'
import {freePort, freePorts} from '../../support/ports.js'

const at = (port: number, address = '127.0.0.1'): Target => ({address, port})
const outcome = async (tcp: readonly Target[], udp: readonly Target[] = []) =>
  (await checkReach({tcp, udp})).map(({state, message}) => `${state} ${message}`)

describe('checkReach', () => {
  let backend: Backend
  beforeEach(async () => {
    backend = await startTcpBackend('blue')
  })
  afterEach(() => backend.close())

  it('connects', async () => {
    assert.deepEqual(await outcome([at(backend.port)]), ['ok connected to 1 of 1 address'])
  })

  it('has nothing to try', async () => {
    assert.deepEqual(await outcome([]), ['ok there is no address of TCP to try'])
  })

  it('tells a port that nobody listens on from a host that does not answer', async () => {
    const port = await freePort()
    const [away, refused, open] = await outcome([at(port), at(backend.port), at(80, '255.255.255.255')])
    assert.equal(away, 'problem no answer from 255.255.255.255:80')
    assert.equal(refused, `warning nothing listens on 127.0.0.1:${port}`)
    assert.equal(open, 'ok connected to 1 of 3 addresses')
  })

  it('tries only a few, and names fewer', async () => {
    const ports = await freePorts(25)
    const [finding, ...others] = await outcome(ports.map((port) => at(port)))
    const named = ports.slice(0, 5).map((port) => `127.0.0.1:${port}`)
    assert.equal(finding, `warning nothing listens on ${named.join(', ')} and 15 more`)
    assert.deepEqual(others, [])
  })

  it('says that UDP was not tried', async () => {
    const [, udp] = await outcome([at(backend.port)], [at(53), at(54)])
    assert.equal(udp, 'ok 2 addresses of UDP not tried: what is there does not answer a connection')
  })
})
