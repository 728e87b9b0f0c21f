import assert from 'node:assert/strict'
import {once} from 'node:events'
import {writeFile} from 'node:fs/promises'
import {createServer, type Server, type Socket} from 'node:net'
import {join} from 'node:path'
import {askSocket, isListening} from '../../../src/util/ask-socket.js'
import {temporaryFolder, type TemporaryFolder} from '../../support/temporary-folder.js'

describe('askSocket', () => {
  let folder: TemporaryFolder
  let server: Server | undefined

  beforeEach(async () => {
    folder = await temporaryFolder()
  })

  afterEach(async () => {
    server?.close()
    await folder.remove()
  })

  async function listen(answer: (socket: Socket) => void): Promise<string> {
    const path = join(folder.path, 'socket')
    server = createServer(answer).listen(path)
    await once(server, 'listening')
    return path
  }

  it('returns everything that is sent until the end', async () => {
    const path = await listen((socket) => {
      socket.write('abc')
      setImmediate(() => socket.end('def'))
    })
    assert.equal(await askSocket(path, 5000), 'abcdef')
  })

  it('is undefined when nothing is sent', async () => {
    assert.equal(await askSocket(await listen((socket) => socket.end()), 5000), undefined)
  })

  it('is undefined when the connection is reset, or takes too long', async () => {
    const path = await listen((socket) => {
      socket.write('half')
      socket.on('error', () => {})
    })
    assert.equal(await askSocket(path, 50), undefined)
  })

  it('is undefined when no process listens', async () => {
    assert.equal(await askSocket(join(folder.path, 'nobody'), 5000), undefined)
  })

  it('reads no more than 4 KiB, however long the other side goes on', async () => {
    let sent = 0
    const path = await listen((socket) => {
      const more = (): void => {
        while (!socket.destroyed && socket.write('x'.repeat(1024))) sent += 1024
      }
      socket.on('error', () => {})
      socket.on('drain', more)
      more()
    })
    assert.equal(await askSocket(path, 5000), undefined)
    assert.ok(sent < 10 * 2 ** 20, `${sent} bytes`)
  })
})

describe('isListening', () => {
  it('distinguishes a socket with a listening process from a stale one', async () => {
    const folder = await temporaryFolder()
    try {
      const path = join(folder.path, 'socket')
      assert.equal(await isListening(path), false)
      const server = createServer().listen(path)
      await once(server, 'listening')
      assert.equal(await isListening(path), true)
      server.close()
      await writeFile(path, '')
      assert.equal(await isListening(path), false)
    } finally {
      await folder.remove()
    }
  })
})
