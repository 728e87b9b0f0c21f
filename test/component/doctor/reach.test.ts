import assert from 'node:assert/strict'
import {checkReach, type ReachTarget} from '../../../src/doctor/reach.js'
import {startTcpBackend, type Backend} from '../../support/backends.js'
import {freePort, freePorts} from '../../support/ports.js'

const at = (port: number, address = '127.0.0.1'): ReachTarget => ({address, port})
const outcome = async (tcp: readonly ReachTarget[], udp: readonly ReachTarget[] = []) =>
  (await checkReach({tcp, udp})).map(({state, message}) => `${state} ${message}`)

describe('checkReach', () => {
  let backend: Backend
  beforeEach(async () => {
    backend = await startTcpBackend('blue')
  })
  afterEach(() => backend.close())

  it('counts the addresses that it connected to', async () => {
    assert.deepEqual(await outcome([at(backend.port)]), ['ok connected to 1 of 1 address'])
  })

  it('reports that there are no addresses to try', async () => {
    assert.deepEqual(await outcome([]), ['ok there are no TCP addresses to try'])
  })

  it('distinguishes a refused connection from a host that does not respond', async () => {
    const port = await freePort()
    const [away, refused, open] = await outcome([at(port), at(backend.port), at(80, '255.255.255.255')])
    assert.equal(away, 'problem no answer from 255.255.255.255:80')
    assert.equal(refused, `warning nothing listens on 127.0.0.1:${port}`)
    assert.equal(open, 'ok connected to 1 of 3 addresses')
  })

  it('limits the addresses that it tries and names', async () => {
    const ports = await freePorts(25)
    const [finding, ...others] = await outcome(ports.map((port) => at(port)))
    const named = ports.slice(0, 5).map((port) => `127.0.0.1:${port}`)
    assert.equal(finding, `warning nothing listens on ${named.join(', ')} and 15 more`)
    assert.deepEqual(others, [])
  })

  it('reports that UDP was not tried', async () => {
    const [, udp] = await outcome([at(backend.port)], [at(53), at(54)])
    assert.equal(udp, 'ok 2 addresses of UDP not tried: UDP has no connections to test')
  })
})
