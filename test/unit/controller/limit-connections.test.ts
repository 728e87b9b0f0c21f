import assert from 'node:assert/strict'
import {EventEmitter} from 'node:events'
import type {Server} from 'node:net'
import {limitConnections} from '../../../src/controller/limit-connections.js'

/** The part of a socket that limitConnections uses. */
class FakeSocket extends EventEmitter {
  reset = false

  constructor(
    readonly remoteAddress: string | undefined,
    readonly localAddress = '10.0.0.1',
  ) {
    super()
  }

  resetAndDestroy(): void {
    this.reset = true
    this.emit('close')
  }
}

describe('limitConnections', () => {
  let server: EventEmitter
  let sockets: FakeSocket[]

  beforeEach(() => {
    server = new EventEmitter()
    sockets = []
    limitConnections(server as Server, {local: 1, remote: 2, lifetime: 60_000})
  })
  afterEach(() => {
    for (const socket of sockets) socket.emit('close')
  })

  function connect(remoteAddress: string | undefined, localAddress?: string): FakeSocket {
    const socket = new FakeSocket(remoteAddress, localAddress)
    sockets.push(socket)
    server.emit('connection', socket)
    return socket
  }

  const reset = (): number[] => [...sockets.keys()].filter((index) => sockets[index]?.reset)

  it('reserves connections for clients on this host', () => {
    connect('127.0.0.1', '127.0.0.1')
    for (let count = 0; count < 4; count += 1) connect('192.0.2.7')
    assert.deepEqual(reset(), [1, 2])
  })

  for (const [address, local] of [
    ['::1', '::1'],
    ['::ffff:127.0.0.9', '::ffff:127.0.0.1'],
    ['10.0.0.1', '10.0.0.1'],
  ] as const)
    it(`treats ${address} as an address of this host`, () => {
      connect('192.0.2.7')
      connect('192.0.2.8')
      connect(address, local)
      connect(address, local)
      assert.deepEqual(reset(), [2])
    })

  it('treats the addresses of a /64 as one client, in any notation', () => {
    connect('192.0.2.7')
    connect('2001:db8::1')
    connect('2001:db8::2')
    connect('2001:db8:0:1::1')
    assert.deepEqual(reset(), [0, 1])
  })

  it('accepts a socket without a remote address, whose client has already disconnected', () => {
    connect(undefined)
    connect('fe80::1%eth0')
    connect('192.0.2.7')
    assert.deepEqual(reset(), [0])
  })
})
