import assert from 'node:assert/strict'
import {createServer, type Server} from 'node:http'
import {once} from 'node:events'
import {checkHealthPort} from '../../../src/doctor/health-port.js'
import {freePort} from '../../support/ports.js'

describe('checkHealthPort', () => {
  let server: Server | undefined
  let port = 0
  beforeEach(async () => {
    port = await freePort()
  })
  afterEach(() => server?.close())

  const answering = async (text: string) => {
    server = createServer((_, response) => response.end(text)).listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  const outcome = async (address?: string) => {
    const {state, message} = await checkHealthPort({port, address, ipv6: false})
    return [state, message]
  }

  it('reports a free port', async () => {
    assert.deepEqual(await outcome(), ['ok', `${port} is free`])
    assert.deepEqual(await outcome('127.0.0.1'), ['ok', `${port} is free`])
  })

  it('recognizes a healthy lbex', async () => {
    await answering('healthy\n')
    assert.deepEqual(await outcome('127.0.0.1'), ['ok', `an lbex answers on ${port}: healthy`])
    assert.deepEqual(await outcome(), ['ok', `an lbex answers on ${port}: healthy`])
  })

  it('warns of an lbex that is not healthy', async () => {
    await answering('unhealthy: NGINX does not serve\n')
    assert.deepEqual(await outcome(), [
      'warning',
      `an lbex answers on ${port}: unhealthy: NGINX does not serve`,
    ])
  })

  it('reports another program on the port', async () => {
    await answering('<html>')
    assert.deepEqual(await outcome(), [
      'problem',
      `${port} is not available: the port is in use by process ${process.pid} of user ${process.getuid?.()}`,
    ])
  })

  it('reports a program that sends an endless response or terminal escapes', async () => {
    let sent = 0
    server = createServer((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('unhealthy: '.repeat(1000))) sent += 11_000
      }
      response.on('drain', more)
      more()
    }).listen(port, '127.0.0.1')
    await once(server, 'listening')
    assert.equal((await outcome())[0], 'problem')
    assert.ok(sent < 10 * 2 ** 20, `${sent} bytes`)
    const ended = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await ended
    await answering('unhealthy: \u001B[2J')
    assert.equal((await outcome())[0], 'problem')
  })

  it('reports an address that the host does not have', async () => {
    assert.deepEqual(await outcome('192.0.2.1'), [
      'problem',
      `${port} is not available: the host does not have the address`,
    ])
  })
})
