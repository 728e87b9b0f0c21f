import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer, type Server} from 'node:net'
import {checkListeners, type DesiredListener} from '../../../src/doctor/listeners.js'
import {freePort, freePorts} from '../../support/ports.js'

const wanted = (port: number, address = '127.0.0.1'): DesiredListener => ({
  key: {address, port, protocol: 'TCP'},
  owner: 'Service default/web',
  transparent: false,
})
const key = (port: number) => wanted(port).key

describe('checkListeners', () => {
  let servers: Server[] = []
  afterEach(() => {
    for (const server of servers) server.close()
    servers = []
  })
  const hold = async (port: number) => {
    const server = createServer().listen(port, '127.0.0.1')
    servers.push(server)
    await once(server, 'listening')
  }

  it('accepts free listeners, and those of our NGINX', async () => {
    const [a = 0, b = 0, c = 0] = await freePorts(3)
    await hold(c)
    const message = async (ports: number[], held: number[]) => {
      const findings = await checkListeners(
        ports.map((port) => wanted(port)),
        held.map(key),
      )
      return findings.map((finding) => `${finding.state} ${finding.message}`)
    }
    assert.deepEqual(await message([], []), ['ok no Service asks for a port'])
    assert.deepEqual(await message([a], []), ['ok 1 listener: 1 free'])
    assert.deepEqual(await message([a, b, c], [c]), ['ok 3 listeners: 1 served by our NGINX, 2 free'])
    assert.deepEqual(await message([c], [c]), ['ok 1 listener: 1 served by our NGINX'])
  })

  it('names a listener in use, its Service, and the command that shows the program', async () => {
    const port = await freePort()
    await hold(port)
    assert.deepEqual(await checkListeners([wanted(port)], []), [
      {
        check: 'ports',
        state: 'problem',
        message: `127.0.0.1:${port}/TCP for Service default/web: the port is in use`,
        fix: `sudo ss -tlnp 'sport = :${port}' shows the program that listens: stop it, or choose another port`,
      },
    ])
  })

  it('reports a missing address although our NGINX still listens on it', async () => {
    const {key: away} = wanted(await freePort(), '2001:db8::1')
    const [finding] = await checkListeners([{...wanted(0), key: away}], [away])
    assert.match(finding?.message ?? '', /the host does not have the address$/)
    assert.match(finding?.fix ?? '', /net\.ipv6\.ip_nonlocal_bind=1$/)
  })

  it('limits the number of findings', async () => {
    const ports = await freePorts(12)
    const findings = await checkListeners(
      ports.map((port) => wanted(port, '192.0.2.1')),
      [],
    )
    assert.equal(findings.length, 11)
    assert.match(findings[0]?.message ?? '', /the host does not have the address$/)
    assert.match(findings[0]?.fix ?? '', /--listen-address .*net\.ipv4\.ip_nonlocal_bind=1$/)
    assert.equal(findings[10]?.message, '2 more listeners are not available')
  })
})
