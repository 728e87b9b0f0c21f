import assert from 'node:assert/strict'
import {once} from 'node:events'
import {connect, createServer, type AddressInfo} from 'node:net'
import {connect as connectTls} from 'node:tls'
import {render} from '../../support/translate.js'
import type {NginxFile} from '../../../src/dataplane/nginx-file.js'
import type {DataPlane} from '../../../src/dataplane/data-plane.js'
import {startTcpBackend, type Backend} from '../../support/backends.js'
import {options} from '../../support/builders.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePorts} from '../../support/ports.js'
import {balance, forName, weighted, type Applicant, type Wish} from '../../support/shared-listeners.js'
import {INTEGRATION_TIMEOUT} from '../../support/timeouts.js'
import {askTcp} from '../../support/traffic.js'

describe('a listener that several Services share', () => {
  let fixture: NginxFixture
  let nginx: DataPlane
  let backends: Backend[]
  let listen: number

  beforeEach(async () => {
    fixture = await NginxFixture.make()
    nginx = await fixture.open()
    backends = await Promise.all(['a', 'b', 'c'].map((name) => startTcpBackend(name)))
    ;[listen = 0] = await freePorts(1)
  })

  afterEach(async () => {
    await fixture.close()
    await Promise.all(backends.map((backend) => backend.close()))
  })

  /** The file of the listener that Services a, b and c share with these requests. */
  function sharedFile(...wishes: readonly Wish[]): NginxFile {
    const applicants = wishes.map((wish, index): Applicant => {
      const {name, port} = backends[index] as Backend
      return {name, endpoint: '127.0.0.1', endpointPort: port, wishes: [wish], listen}
    })
    const [, file] = render(balance(...applicants).loadBalancer, options()).files
    assert.ok(file)
    return file
  }

  it('gives each Service its share by weight', async () => {
    await fixture.apply(nginx, sharedFile(weighted(1), weighted(3)))
    const answers = await Promise.all(Array.from({length: 200}, () => askTcp({port: listen})))
    const share = answers.filter((answer) => answer === 'a').length
    assert.ok(share > 20 && share < 80, `${share} of 200 instead of about 50`)
  })

  it('routes by SNI names, and other connections to `*`', async () => {
    await fixture.apply(nginx, sharedFile(forName('a.test'), forName('*.test'), forName('*')))
    const names = ['a.test', 'b.test', 'x.b.test', 'else.example', undefined]
    const answers = await Promise.all(names.map((name) => askTls(listen, name)))
    assert.deepEqual(answers, ['a', 'b', 'b', 'c', 'c'])
  })

  it('keeps its first Service if NGINX rejects it with a second one', async () => {
    await fixture.apply(nginx, sharedFile(weighted(1)))
    const shared = sharedFile(weighted(1), weighted(1))
    await fixture.apply(nginx, {...shared, text: `${shared.text}no_such_directive;\n`})
    assert.equal(await askTcp({port: listen}), 'a')
    await fixture.apply(nginx, {...shared, path: shared.path.replace(/-[0-9a-f]+/, '-0123456789ab')})
    const answers = await Promise.all(Array.from({length: 40}, () => askTcp({port: listen})))
    assert.deepEqual([...new Set(answers)].sort(), ['a', 'b'])
  })

  it('reports each Service if NGINX rejects it, and keeps the last good version', async () => {
    const good = sharedFile(weighted(1), weighted(3))
    await fixture.apply(nginx, good)
    const text = `${sharedFile(weighted(1), weighted(1)).text}no_such_directive;\n`
    const bad: NginxFile = {...good, path: good.path.replace(/-[0-9a-f]+/, '-0123456789ab'), text}
    const {diagnostics, quarantined} = await fixture.apply(nginx, bad)
    assert.deepEqual(quarantined, good.owners)
    assert.deepEqual(
      diagnostics.map(({code, object, related}) => [
        code,
        object.name,
        related?.map((each) => each.object.name),
      ]),
      [
        ['nginx-refused', 'a', ['b']],
        ['nginx-refused', 'b', ['a']],
      ],
    )
    assert.match(diagnostics[0]?.message ?? '', /its last good configuration stays active$/)
    assert.match(await askTcp({port: listen}), /^[ab]$/)
  })
}).timeout(INTEGRATION_TIMEOUT)

/** Sends a TLS ClientHello for `name`, and returns the first line of the answer: the backend sends its name in plain text. */
async function askTls(port: number, name: string | undefined): Promise<string> {
  const socket = connect({port, host: '127.0.0.1'})
  socket.write(await clientHello(name))
  const [data] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return data.toString('latin1').split('\n')[0] ?? ''
}

/** The first message of a TLS client. */
async function clientHello(servername: string | undefined): Promise<Buffer> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  const client = connectTls({port, host: '127.0.0.1', ...(servername !== undefined && {servername})})
  client.on('error', () => client.destroy())
  const [socket] = (await once(server, 'connection')) as [ReturnType<typeof connect>]
  const [hello] = (await once(socket, 'data')) as [Buffer]
  client.destroy()
  socket.destroy()
  server.close()
  return hello
}
