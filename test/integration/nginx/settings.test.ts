/** What the settings of listeners and upstreams change for clients and backends of a real NGINX. */
import assert from 'node:assert/strict'
import {createSocket} from 'node:dgram'
import {once} from 'node:events'
import {connect} from 'node:net'
import type {NginxFile} from '../../../src/dataplane/nginx-file.js'
import type {DataPlane} from '../../../src/dataplane/data-plane.js'
import {startFullBackend, startTcpBackend, type Backend} from '../../support/backends.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../support/builders.js'
import {serviceFile} from '../../support/nginx-files.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePorts} from '../../support/ports.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'
import {exchange, openSessions, Session} from '../../support/traffic.js'
import {translate} from '../../support/translate.js'
import {waitFor} from '../../support/wait.js'

describe('settings', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let fixture: NginxFixture
  let nginx: DataPlane
  let backend: Backend
  let listen: number
  let parser: number

  beforeEach(async () => {
    fixture = await NginxFixture.make()
    nginx = await fixture.open()
    backend = await startTcpBackend('echo')
    ;[listen = 0, parser = 0] = await freePorts(2)
  })

  afterEach(async () => {
    await fixture.close()
    await backend.close()
  })

  /** Serves the port of a Service with these annotations, with servers at these ports of 127.0.0.1. */
  async function serve(
    annotations: Readonly<Record<string, string>>,
    servers: readonly number[] = [backend.port],
    {protocol = 'TCP', others = []}: {protocol?: 'TCP' | 'UDP'; others?: readonly NginxFile[]} = {},
  ): Promise<void> {
    const service = aService('web')
      .annotated({'upstream-type': 'pod', ...annotations})
      .port('p', 1, {listen, protocol})
    const slices = servers.map((port, index) =>
      aSlice('web').named(`web-${index}`).port('p', port, protocol).endpoints(anEndpoint('127.0.0.1')),
    )
    const listenAddresses = {IPv4: ['127.0.0.1'], IPv6: []}
    const {files} = translate(
      aSnapshot([service, ...slices]),
      options({listenAddresses, allowLocalEndpoints: true}),
    )
    const {quarantined} = await fixture.apply(
      nginx,
      ...files.filter(({owners}) => owners.length > 0),
      ...others,
    )
    assert.deepEqual(quarantined, [])
  }

  const header = (client: string) => `PROXY TCP4 ${client} 192.0.2.9 1111 80\r\n`

  describe('proxy-protocol', () => {
    /** A server that reads the header: NGINX. It answers with the address and port of the client in it. */
    const nginxParser = () =>
      serviceFile('parser', {
        listeners: [],
        extra: `server { listen 127.0.0.1:${parser} proxy_protocol; return "$proxy_protocol_addr $proxy_protocol_port\\n"; }`,
      })

    it('tells the backend the address of the client', async () => {
      await serve({}, [parser], {others: [nginxParser()]})
      assert.equal((await exchange({port: listen, from: '127.0.0.3'}, 'x')).text, '')
      await serve({'proxy-protocol': 'v1'}, [parser], {others: [nginxParser()]})
      const {text, port} = await exchange({port: listen, from: '127.0.0.3'}, 'x')
      assert.equal(text, `127.0.0.3 ${port}\n`)
    })

    it('passes on the client address of the load balancer in front', async () => {
      await serve({'proxy-protocol': 'v1', 'accept-proxy-protocol': '127.0.0.2/32'}, [parser], {
        others: [nginxParser()],
      })
      const {text} = await exchange({port: listen, from: '127.0.0.2'}, header('203.0.113.7'))
      assert.equal(text, '203.0.113.7 1111\n')
    })
  })

  describe('time-outs and passive checks', () => {
    const ask = async () => (await exchange({port: listen}, 'x')).text

    it('idle-timeout closes a connection without traffic', async () => {
      await serve({'idle-timeout': '1s'})
      const session = await Session.open({port: listen})
      await waitFor(() => session.closed, {what: 'the end of the idle session'})
    })

    it('tries limits how many servers are tried', async () => {
      const [closed = 0] = await freePorts(1)
      const servers = [closed, backend.port]
      await serve({'max-fails': '0'}, servers)
      assert.deepEqual(await Promise.all([ask(), ask(), ask(), ask()]), Array(4).fill('echo\nx'))
      await serve({'max-fails': '0', tries: '1'}, servers)
      const answers = await Promise.all([ask(), ask(), ask(), ask()])
      assert.ok(answers.includes(''), 'a connection whose first server refuses it is closed')
    })

    it('max-fails and fail-timeout say when a server is not used', async () => {
      const [closed = 0] = await freePorts(1)
      await serve({tries: '1', 'max-fails': '3', 'fail-timeout': '1h'}, [closed, backend.port])
      let failed = 0
      for (let count = 0; count < 40; count += 1) failed += (await ask()) === '' ? 1 : 0
      assert.ok(failed >= 3 && failed <= 6, `${failed} connections failed; each of two workers counts to 3`)
    })

    it('connect-timeout says how long a server may take to accept a connection', async () => {
      const full = await startFullBackend()
      try {
        await serve({'connect-timeout': '10m', 'max-fails': '0'}, [full.port])
        const patient = connect({port: listen, host: '127.0.0.1'})
        await once(patient, 'connect')
        await serve({'connect-timeout': '100ms', 'max-fails': '0'}, [full.port])
        assert.equal(await ask(), '')
        assert.equal(patient.closed, false)
        patient.destroy()
      } finally {
        await full.close()
      }
    })
  })

  describe('limits', () => {
    const ask = async (from: string, text = 'x') => (await exchange({port: listen, from}, text)).text

    /** Holds connections and calls `check`. */
    async function holding(count: number, check: () => Promise<void>): Promise<void> {
      const sessions = await openSessions({port: listen}, count)
      try {
        await check()
      } finally {
        for (const session of sessions) session.close()
      }
    }

    /** The limit is free again when NGINX has noticed the end of the sessions. */
    const untilServed = () =>
      waitFor(async () => (await ask('127.0.0.1')) === 'echo\nx', {what: 'a connection within the limit'})

    it('connections-per-client closes the connections of one client beyond the limit', async () => {
      await serve({'connections-per-client': '2'})
      await holding(2, async () => {
        assert.equal(await ask('127.0.0.1'), '')
        assert.equal(await ask('127.0.0.2'), 'echo\nx')
      })
      await untilServed()
    })

    it('connections-per-client counts the clients in PROXY protocol headers', async () => {
      await serve({'connections-per-client': '1', 'accept-proxy-protocol': '127.0.0.0/8'})
      const held = connect({port: listen, host: '127.0.0.1'})
      held.write(header('203.0.113.7'))
      await once(held, 'data')
      assert.equal(await ask('127.0.0.1', `${header('203.0.113.7')}x`), '')
      assert.equal(await ask('127.0.0.1', `${header('203.0.113.8')}x`), 'echo\nx')
      held.destroy()
    })

    it('connections closes the connections of all clients beyond the limit', async () => {
      await serve({connections: '2'})
      await holding(2, async () => assert.equal(await ask('127.0.0.2'), ''))
      await untilServed()
    })

    it('max-connections uses a server only up to the limit', async () => {
      await serve({'max-connections': '2'})
      await holding(2, async () => assert.equal(await ask('127.0.0.2'), ''))
      await untilServed()
    })

    it('upload-rate and download-rate slow down one connection', async () => {
      const text = 'x'.repeat(4096)
      for (const rate of ['upload-rate', 'download-rate']) {
        await serve({[rate]: '1k'})
        const started = performance.now()
        assert.equal(await ask('127.0.0.1', text), `echo\n${text}`)
        // NGINX counts whole seconds: 4 KiB at 1 KiB/s take at least two.
        assert.ok(performance.now() - started > 1000, `${rate} has an effect`)
      }
    })
  })

  describe('algorithms', () => {
    const servedBy = async (from: string, count: number) => {
      const answers: string[] = []
      for (let asked = 0; asked < count; asked += 1)
        answers.push((await exchange({port: listen, from}, 'x')).text)
      return new Set(answers)
    }

    it('hash always chooses the same server for a client, or for its address and port', async () => {
      const other = await startTcpBackend('other')
      try {
        const servers = [backend.port, other.port]
        await serve({algorithm: 'hash'}, servers)
        assert.equal((await servedBy('127.0.0.1', 20)).size, 1)
        await serve({algorithm: 'hash', 'hash-key': 'client-ip-port'}, servers)
        assert.deepEqual(await servedBy('127.0.0.1', 60), new Set(['echo\nx', 'other\nx']))
        await serve({algorithm: 'random'}, servers)
        assert.deepEqual(await servedBy('127.0.0.1', 60), new Set(['echo\nx', 'other\nx']))
      } finally {
        await other.close()
      }
    })
  })

  describe('sessions of UDP', () => {
    it('udp-responses and udp-requests say when a session ends', async () => {
      const sessions = new Set<number>()
      const server = createSocket('udp4')
      server.on('message', (message, {port, address}) => {
        sessions.add(port)
        server.send(message, port, address)
      })
      server.bind(0, '127.0.0.1')
      await once(server, 'listening')
      /** Sends four datagrams from one port, each after the response to the one before. */
      const countSessions = async (annotations: Readonly<Record<string, string>>): Promise<number> => {
        await serve(annotations, [server.address().port], {protocol: 'UDP'})
        sessions.clear()
        const client = createSocket('udp4')
        for (let sent = 0; sent < 4; sent += 1) {
          client.send('x', listen, '127.0.0.1')
          await once(client, 'message')
        }
        client.close()
        return sessions.size
      }
      try {
        assert.equal(await countSessions({}), 1)
        assert.equal(await countSessions({'udp-requests': '1', 'udp-responses': '1'}), 4)
        assert.equal(await countSessions({'udp-requests': '2', 'udp-responses': '1'}), 2)
      } finally {
        server.close()
      }
    })
  })

  describe('accept-proxy-protocol', () => {
    const ask = async (from: string, text: string) => (await exchange({port: listen, from}, text)).text

    it('serves trusted senders with a header, and closes all other connections', async () => {
      await serve({'accept-proxy-protocol': '127.0.0.2/32'})
      assert.equal(await ask('127.0.0.2', `${header('203.0.113.7')}hello`), 'echo\nhello')
      assert.equal(await ask('127.0.0.2', 'hello'), '')
      assert.equal(await ask('127.0.0.3', `${header('127.0.0.2')}hello`), '')
      assert.equal(await ask('127.0.0.3', 'hello'), '')
      assert.equal(backend.served, 1)
    })

    it('applies source ranges to the client in the header', async () => {
      await serve({'accept-proxy-protocol': '127.0.0.2/32', 'source-ranges': '203.0.113.0/24,2001:db8::/32'})
      assert.equal(await ask('127.0.0.2', `${header('203.0.113.7')}hello`), 'echo\nhello')
      assert.equal(await ask('127.0.0.2', 'PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\nhello'), 'echo\nhello')
      assert.equal(await ask('127.0.0.2', `${header('198.51.100.7')}hello`), '')
      assert.equal(await ask('127.0.0.2', 'PROXY TCP6 2001:db9::1 2001:db8::2 1 2\r\nhello'), '')
      assert.equal(await ask('127.0.0.2', 'PROXY UNKNOWN\r\nhello'), '')
    })
  })
})
