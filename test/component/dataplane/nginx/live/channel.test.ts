/** LiveChannel with a server that answers as NGINX does, and with some that do not. */
import assert from 'node:assert/strict'
import {once} from 'node:events'
import {createServer, type Server, type Socket} from 'node:net'
import {join} from 'node:path'
import {LiveChannel} from '../../../../../src/dataplane/nginx/live/channel.js'
import {temporaryFolder, type TemporaryFolder} from '../../../../support/temporary-folder.js'

const FAILED = {code: 'live-update-failed'}

describe('LiveChannel', () => {
  let folder: TemporaryFolder
  let path: string
  let server: Server
  let channel: LiveChannel
  let requests: Record<string, unknown>[]
  let reply: (socket: Socket, request: Record<string, unknown>) => void

  beforeEach(async () => {
    folder = await temporaryFolder()
    path = join(folder.path, 'push.sock')
    requests = []
    reply = (socket, {revision}) => socket.end(`${JSON.stringify({revision})}\n`)
    server = createServer((socket) => {
      let text = ''
      socket.on('error', () => socket.destroy())
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        if (!text.endsWith('\n')) return
        const request = JSON.parse(text) as Record<string, unknown>
        requests.push(request)
        reply(socket, request)
      })
    })
    server.listen(path)
    await once(server, 'listening')
    channel = new LiveChannel(path)
  })

  afterEach(async () => {
    server.close()
    await folder.remove()
  })

  const change = {revision: 3, set: new Map([['a', '1:']]), remove: ['b']}

  it('sends a change with the key', async () => {
    await channel.write('k', change)
    assert.deepEqual(requests, [{key: 'k', revision: 3, set: {a: '1:'}, remove: ['b']}])
  })

  it('splits a large change into requests that fit in the buffer of a socket', async () => {
    const set = new Map(
      Array.from({length: 1000}, (_, index) => [`upstream_${index}`, `1:${' '.repeat(200)}`]),
    )
    await channel.write('k', {...change, set})
    assert.ok(requests.length > 1)
    assert.ok(requests.every((request) => JSON.stringify(request).length < 40_000))
    assert.deepEqual(Object.assign({}, ...requests.map((request) => request.set)), Object.fromEntries(set))
  })

  it('sends a change of ten thousand upstreams in as few requests as fit', async () => {
    const entry = `15:${'10.0.0.1:8080  '.repeat(3)}`
    const set = new Map(Array.from({length: 10_000}, (_, index) => [`upstream_${index}`, entry]))
    await channel.write('k', {...change, set})
    const bytes = JSON.stringify(Object.fromEntries(set)).length
    assert.ok(requests.length <= Math.ceil(bytes / 30_000), `${requests.length} requests`)
    const sent = requests.map((request) => Object.keys(request.set as object).length)
    assert.equal(
      sent.reduce((sum, count) => sum + count, 0),
      10_000,
    )
  })

  it('sends nothing for no change', async () => {
    await channel.write('k', {revision: 3, set: new Map(), remove: []})
    assert.deepEqual(requests, [])
  })

  it('reads the entries, also if the answer comes in pieces', async () => {
    reply = (socket) => {
      socket.write('{"revision":7,"ent')
      setImmediate(() => socket.end('ries":{"a":"1:"}}\n'))
    }
    assert.deepEqual(await channel.read('k'), {revision: 7, entries: new Map([['a', '1:']])})
    assert.deepEqual(requests, [{key: 'k', from: 0}])
  })

  it('reads the entries in parts', async () => {
    reply = (socket, {from}) => {
      const part = from === 0 ? {entries: {a: '1:'}, next: 5} : {entries: {b: '2:'}}
      socket.end(`${JSON.stringify({revision: 7, ...part})}\n`)
    }
    const entries = new Map([...'ab'].map((name, index) => [name, `${index + 1}:`]))
    assert.deepEqual(await channel.read('k'), {revision: 7, entries})
    assert.deepEqual(
      requests.map(({from}) => from),
      [0, 5],
    )
  })

  it('fails if the parts of the entries do not end', async () => {
    reply = (socket) => socket.end('{"revision":7,"entries":{},"next":1}\n')
    await assert.rejects(channel.read('k'), FAILED)
    assert.equal(requests.length, 2)
  })

  it('fails if there is no answer in time', async () => {
    reply = () => {}
    await assert.rejects(new LiveChannel(path, 20).write('k', change), /gave no answer within 0.02 s/)
  })

  it('does not fail because lbex itself was stalled for longer', async () => {
    const patience = 2000
    const writing = new LiveChannel(path, patience).write('k', change)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, patience + 100)
    await writing
  })

  for (const [what, answer] of Object.entries({
    'an error': '{"error":"key"}\n',
    'another revision': '{"revision":2}\n',
    'what is not JSON': 'hello\n',
    'no whole line': '{"revision":3',
    nothing: '',
  })) {
    it(`fails if the answer is ${what}`, async () => {
      reply = (socket) => socket.end(answer)
      await assert.rejects(channel.write('k', change), FAILED)
    })
  }

  it('fails if the answer to a reading has no entries', async () => {
    reply = (socket) => socket.end('{"revision":3}\n')
    await assert.rejects(channel.read('k'), FAILED)
  })

  it('fails if NGINX does not listen', async () => {
    await assert.rejects(new LiveChannel(join(folder.path, 'other.sock')).read('k'), FAILED)
  })
})
