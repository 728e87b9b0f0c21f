/** Several Services behind one TCP port, selected by server name (SNI): a real NGINX, real TLS clients, and hostile ones. */
import assert from 'node:assert/strict'
import type {DataPlane} from '../../../src/dataplane/data-plane.js'
import {startTcpBackend, type Backend} from '../../support/backends.js'
import {clientHello, type ClientHelloOptions} from '../../support/client-hello.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePorts} from '../../support/ports.js'
import {filesOf} from '../../support/shared-services.js'
import {skipBecause, whyNoProgram} from '../../support/skip.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'
import {CLOSED, sendPieces, startTlsBackend, TLS_CLIENTS} from '../../support/tls-clients.js'

const HOSTS = {api: 'api.test, API.example', wild: '*.test', deep: '*.b.test'}

describe('Services that share a port by server name', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let fixture: NginxFixture
  let nginx: DataPlane
  let backends: Backend[] = []
  let listen: number

  beforeEach(async () => {
    fixture = await NginxFixture.make()
    nginx = await fixture.open()
    ;[listen = 0] = await freePorts(1)
  })

  afterEach(async () => {
    await fixture.close()
    await Promise.all(backends.map((backend) => backend.close()))
    backends = []
  })

  /** Serves a Service for each name of a backend, with these hosts. */
  async function serve(
    start: (name: string) => Promise<Backend>,
    hosts: Readonly<Record<string, string>>,
    ranges: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const names = Object.keys(hosts)
    backends = await Promise.all(names.map((name) => start(name)))
    const services = backends.map(({name, port}) => ({
      name,
      to: port,
      annotations: {
        hosts: hosts[name] ?? '',
        ...(ranges[name] !== undefined && {'source-ranges': ranges[name]}),
      },
    }))
    await fixture.apply(nginx, ...filesOf(services, listen))
  }

  for (const [program, ask] of Object.entries(TLS_CLIENTS)) {
    it(`route ${program} by exact names, then by the longest wildcard, and close other connections`, async function () {
      skipBecause(this, program === 'node' ? undefined : whyNoProgram(program))
      await serve(startTlsBackend, HOSTS)
      const expected = {
        'api.test': 'api',
        'API.TEST': 'api',
        'api.example': 'api',
        'x.test': 'wild',
        'x.y.test': 'wild',
        'b.test': 'wild',
        'x.b.test': 'deep',
        test: CLOSED,
        'other.example': CLOSED,
      }
      const names = Object.keys(expected)
      const answers = await Promise.all(names.map((name) => ask(listen, name)))
      assert.deepEqual(Object.fromEntries(names.map((name, index) => [name, answers[index]])), expected)
      assert.equal(await ask(listen, undefined), CLOSED)
    })

    it(`give ${program} without a name, or with an unknown one, to the Service with hosts *`, async function () {
      skipBecause(this, program === 'node' ? undefined : whyNoProgram(program))
      await serve(startTlsBackend, {...HOSTS, rest: '*'})
      const names = ['api.test', 'other.example', undefined]
      const answers = await Promise.all(names.map((name) => ask(listen, name)))
      assert.deepEqual(answers, ['api', 'rest', 'rest'])
    })
  }

  /** Sends a ClientHello in pieces. The backend greets with its name, and returns what it got. */
  async function sendHello(options: ClientHelloOptions, piece?: number): Promise<string> {
    const hello = clientHello(options)
    const until = 'api\n'.length + hello.length
    const answer = await sendPieces(listen, hello, {until, ...(piece !== undefined && {piece})})
    if (answer.length === 0) return CLOSED
    const greeting = answer.subarray(0, answer.indexOf('\n')).toString()
    return answer.subarray(greeting.length + 1).equals(hello) ? greeting : `${greeting}, but with other bytes`
  }

  it('read a ClientHello that arrives in many packets, is large, or is split into records', async () => {
    await serve(startTcpBackend, {api: 'api.test', web: 'web.test'})
    const name = 'api.test'
    const answers = {
      'byte by byte': await sendHello({name}, 1),
      'post-quantum': await sendHello({name, postQuantum: true}),
      'post-quantum in small pieces': await sendHello({name, postQuantum: true}, 100),
      'post-quantum in small records': await sendHello({name, postQuantum: true, recordSize: 50}, 13),
      'one record of 16 KB': await sendHello({name, size: 16_384 + 5}, 1460),
      'more than 16 KB': await sendHello({name, size: 18_000}, 1460),
      'an encrypted one inside': await sendHello({name, encrypted: true}),
    }
    assert.deepEqual([...new Set(Object.values(answers))], ['api'], JSON.stringify(answers))
    assert.equal(await sendHello({name: 'web.test', size: 16_000}, 500), 'web')
  })

  it('close a ClientHello that is larger than any client sends', async () => {
    await serve(startTcpBackend, {api: 'api.test', web: 'web.test'})
    assert.equal(await sendHello({name: 'api.test', size: 40_000}), CLOSED)
  })

  it('read the key shares of a client that offers post-quantum ones by default', async function () {
    const [major = 0, minor = 0] = process.versions.openssl.split('.').map(Number)
    const isNew = major > 3 || (major === 3 && minor >= 5)
    skipBecause(this, isNew ? undefined : 'needs a Node with OpenSSL 3.5 or newer: Node 24')
    await serve(startTlsBackend, HOSTS)
    assert.equal(await TLS_CLIENTS.node(listen, 'api.test'), 'api')
  })

  const GARBAGE = {
    http: Buffer.from('GET / HTTP/1.1\r\nHost: api.test\r\n\r\n'),
    zeros: Buffer.alloc(100),
    'a record that is not a handshake': Buffer.from([23, 3, 3, 0, 5, 1, 2, 3, 4, 5]),
    'a handshake that is not a ClientHello': Buffer.from([22, 3, 1, 0, 4, 2, 0, 0, 0]),
    'a server name that is longer than its message': cut(clientHello({name: 'api.test'}), -3),
  }

  it('close clients that do not speak TLS', async () => {
    await serve(startTcpBackend, {api: 'api.test', web: 'web.test'})
    const answers = await Promise.all(
      Object.values(GARBAGE).map((data) => sendPieces(listen, data, {until: 1})),
    )
    assert.deepEqual(
      answers.map(({length}) => length),
      answers.map(() => 0),
    )
    assert.equal(
      backends.reduce((sum, {served}) => sum + served, 0),
      0,
    )
    assert.equal(await sendHello({name: 'api.test'}), 'api')
  })

  it('give clients that do not speak TLS to the Service with hosts *', async () => {
    await serve(startTcpBackend, {api: 'api.test', rest: '*'})
    const data = GARBAGE.http
    const answer = await sendPieces(listen, data, {until: 'rest\n'.length + data.length})
    assert.equal(answer.toString(), `rest\n${data.toString()}`)
  })

  it('may have different source ranges, which apply to their names only', async () => {
    await serve(
      startTcpBackend,
      {api: 'api.test', web: 'web.test', none: 'none.test', rest: '*'},
      {api: '127.0.0.2/32', web: '127.0.0.0/8, 10.0.0.0/8', none: '192.0.2.0/24'},
    )
    const ask = async (from: string, name: string): Promise<string> => {
      const answer = await sendPieces(listen, clientHello({name}), {until: 4, from})
      return answer.length === 0 ? CLOSED : (answer.toString().split('\n')[0] ?? '')
    }
    const names = ['api.test', 'web.test', 'none.test', 'other.test']
    const from = async (address: string) => Promise.all(names.map((name) => ask(address, name)))
    assert.deepEqual(await from('127.0.0.1'), [CLOSED, 'web', CLOSED, 'rest'])
    assert.deepEqual(await from('127.0.0.2'), ['api', 'web', CLOSED, 'rest'])
  })

  it('trust the senders of PROXY protocol headers, whose clients the source ranges of each name are for', async () => {
    const trust = {'accept-proxy-protocol': '127.0.0.2/32'}
    const shared = {hosts: 'api.test', 'shared-listener': 'a', 'source-ranges': '10.0.0.0/8, 2001:db8::/32'}
    backends = await Promise.all(['api', 'web'].map((name) => startTcpBackend(name)))
    const [api, web] = backends
    const files = filesOf(
      [
        {name: 'api', to: api?.port, annotations: {...trust, ...shared}},
        {name: 'canary', to: api?.port, annotations: {...trust, ...shared}},
        {name: 'web', to: web?.port, annotations: {...trust, hosts: 'web.test'}},
      ],
      listen,
    )
    await fixture.apply(nginx, ...files)
    const ask = async (name: string, header: string, from = '127.0.0.2'): Promise<string> => {
      const data = Buffer.concat([Buffer.from(header), clientHello({name})])
      const answer = await sendPieces(listen, data, {until: 4, from})
      return answer.length === 0 ? CLOSED : (answer.toString().split('\n')[0] ?? '')
    }
    const inside = ['TCP4 10.0.0.1 192.0.2.9', 'TCP6 2001:db8::1 2001:db8::2']
    const outside = ['TCP4 203.0.113.1 192.0.2.9', 'TCP6 2001:db9::1 2001:db8::2']
    for (const addresses of [...inside, ...outside]) {
      const header = `PROXY ${addresses} 1111 443\r\n`
      const expected = inside.includes(addresses) ? 'api' : CLOSED
      assert.deepEqual(
        [await ask('api.test', header), await ask('web.test', header)],
        [expected, 'web'],
        header,
      )
      assert.equal(await ask('web.test', header, '127.0.0.1'), CLOSED, header)
    }
    assert.equal(await ask('web.test', ''), CLOSED)
  })

  it('do not get the name of a Service without a backend', async () => {
    backends = [await startTcpBackend('wild')]
    const files = filesOf(
      [
        {name: 'api', annotations: {hosts: 'api.test'}},
        {name: 'wild', to: backends[0]?.port, annotations: {hosts: '*.test, *'}},
      ],
      listen,
    )
    await fixture.apply(nginx, ...files)
    assert.equal(await sendHello({name: 'api.test'}), CLOSED)
    assert.equal(await sendHello({name: 'web.test'}), 'wild')
  })
})

/** The data without its last bytes, as long as before. */
function cut(data: Buffer, end: number): Buffer {
  return Buffer.concat([data.subarray(0, end), Buffer.alloc(-end, 255)])
}
