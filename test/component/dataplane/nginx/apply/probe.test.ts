import assert from 'node:assert/strict'
import {createSocket} from 'node:dgram'
import {once} from 'node:events'
import {createServer} from 'node:net'
import {fileURLToPath} from 'node:url'
import type {ListenerKey} from '../../../../../src/core/model/listener-key.js'
import {run} from '../../../../../src/util/run-program.js'
import {notOwned, probeAddresses, probeListeners} from '../../../../../src/dataplane/nginx/apply/probe.js'
import {freePorts} from '../../../../support/ports.js'
import {UNIT_TIMEOUT} from '../../../../support/timeouts.js'

const tcp = (port: number, address = '127.0.0.1'): ListenerKey => ({address, port, protocol: 'TCP'})
const udp = (port: number, address = '127.0.0.1'): ListenerKey => ({address, port, protocol: 'UDP'})

describe('probeListeners', () => {
  it('finds free listeners available, and leaves them free', async () => {
    const [port = 0] = await freePorts(1)
    const keys = [tcp(port), udp(port), tcp(port, '::1'), udp(port, '::1'), tcp(port, '0.0.0.0')]
    // One after the other: the wildcard and the address conflict if both are probed at the same time.
    for (const key of keys) assert.deepEqual(await probeListeners([key]), [])
    for (const key of keys) assert.deepEqual(await probeListeners([key]), [])
  })

  it('finds held listeners, by protocol and family, also with SO_REUSEPORT', async () => {
    const [port = 0] = await freePorts(1)
    const server = createServer().listen(port, '127.0.0.1')
    const socket = createSocket({type: 'udp4', reuseAddr: true})
    socket.bind(port, '127.0.0.1')
    await Promise.all([once(server, 'listening'), once(socket, 'listening')])
    const error = {code: 'in-use'}
    assert.deepEqual(await probeListeners([tcp(port), udp(port), tcp(port, '::1')]), [
      {key: tcp(port), error},
      {key: udp(port), error},
    ])
    server.close()
    socket.close()
  })

  it('does not report a port as in use when the probe fails with EMFILE', async () => {
    const [port = 0] = await freePorts(1)
    const program = fileURLToPath(new URL('../../../../support/probe-process.ts', import.meta.url))
    const limited = 'ulimit -n 100 && exec "$0" "$@"'
    const {stdout} = await run(
      'bash',
      ['-c', limited, process.execPath, '--import', 'tsx', program, String(port)],
      {
        timeout: UNIT_TIMEOUT,
        cwd: process.cwd(),
      },
    )
    assert.equal(stdout, '[]')
  })

  it('finds addresses that the host does not have', async () => {
    const [port = 0] = await freePorts(1)
    const keys = [tcp(port, '192.0.2.1'), udp(port, '192.0.2.1'), tcp(port, '2001:db8::1')]
    const error = {code: 'no-address'}
    assert.deepEqual(
      await probeListeners(keys),
      keys.map((key) => ({key, error})),
    )
  })

  it('probes thousands', async () => {
    const [port = 0] = await freePorts(1)
    const addresses = Array.from({length: 2500}, (_, index) => `127.1.${index >> 8}.${index & 255}`)
    const keys = addresses.flatMap((address) => [tcp(port, address), udp(port, address)])
    const server = createServer().listen(port, '127.1.4.4')
    await once(server, 'listening')
    assert.deepEqual(await probeListeners(keys), [{key: tcp(port, '127.1.4.4'), error: {code: 'in-use'}}])
    server.close()
  })
})

describe('probeAddresses', () => {
  it('finds the listeners of an address that the host does not have, whichever process holds their ports', async () => {
    const [port = 0] = await freePorts(1)
    const server = createServer().listen(port, '127.0.0.1')
    await once(server, 'listening')
    const keys = [tcp(port), udp(port), tcp(port, '192.0.2.1'), udp(port, '192.0.2.1'), tcp(port, '0.0.0.0')]
    const error = {code: 'no-address'}
    assert.deepEqual(await probeAddresses(keys), [
      {key: tcp(port, '192.0.2.1'), error},
      {key: udp(port, '192.0.2.1'), error},
    ])
    server.close()
  })
})

describe('notOwned', () => {
  const owned = [tcp(80), udp(53, '0.0.0.0'), tcp(443), tcp(443, '127.0.0.2'), tcp(90, '::')]

  it('leaves out what NGINX has, and what conflicts with its wildcards and addresses', () => {
    const free = [tcp(80, '127.0.0.2'), udp(80), tcp(53), udp(53, '::'), tcp(443, '127.0.0.3')]
    const taken = [udp(53), tcp(80), udp(53, '0.0.0.0'), tcp(443, '127.0.0.2'), tcp(90, '::1')]
    assert.deepEqual(notOwned([...free, ...taken], owned), free)
    assert.deepEqual(notOwned([tcp(80, '0.0.0.0')], owned), [])
    // Generations share unchanged files.
    assert.deepEqual(notOwned(owned, owned), [])
  })

  it('includes everything if NGINX has nothing, except addresses that a wildcard covers', () => {
    const keys = [tcp(80), tcp(80, '0.0.0.0'), udp(80), tcp(80, '::1')]
    assert.deepEqual(notOwned(keys, []), [tcp(80, '0.0.0.0'), udp(80), tcp(80, '::1')])
  })
})
