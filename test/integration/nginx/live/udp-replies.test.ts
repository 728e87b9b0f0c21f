/** Replies to UDP clients that are on their way while servers change: a reload would lose them. */
import assert from 'node:assert/strict'
import {createSocket, type Socket} from 'node:dgram'
import {once} from 'node:events'
import {LiveStage, type LiveWorld} from '../../../support/live-stage.js'
import {freePorts} from '../../../support/ports.js'
import {INTEGRATION_TIMEOUT} from '../../../support/timeouts.js'
import {waitFor} from '../../../support/wait.js'

const CLIENTS = 200
const CHANGES = 20

describe('UDP clients of servers that change without a reload', function () {
  this.timeout(INTEGRATION_TIMEOUT)
  let stage: LiveStage
  const sockets: Socket[] = []

  before(async function () {
    stage = await LiveStage.make(this, 'trixie')
  })

  after(async () => {
    for (const socket of sockets) socket.close()
    await stage?.close()
  })

  async function open(): Promise<Socket> {
    const socket = createSocket('udp4')
    sockets.push(socket)
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    return socket
  }

  it('get all replies, however often the servers change before they are sent', async () => {
    const held: (() => void)[] = []
    const servers = await Promise.all([open(), open()])
    for (const server of servers) {
      server.on('message', (message, {port, address}) => {
        held.push(() => server.send(message, port, address))
      })
    }
    const [listen = 0] = await freePorts(1)
    const worlds = servers.map((server): LiveWorld => {
      return {dns: {listen, protocol: 'UDP', to: [server.address().port]}}
    })
    const nginx = await stage.open()
    await stage.apply(nginx, worlds[0] ?? {})

    const replies = new Set<string>()
    for (let index = 0; index < CLIENTS; index += 1) {
      const client = await open()
      client.on('message', (message) => replies.add(message.toString()))
      client.send(`${index}`, listen, '127.0.0.1')
    }
    await waitFor(() => held.length === CLIENTS, {what: 'all requests'})
    for (let change = 1; change <= CHANGES; change += 1) {
      assert.equal((await stage.apply(nginx, worlds[change % 2] ?? {})).reloads, 0)
    }
    for (const reply of held) reply()
    await waitFor(() => replies.size === CLIENTS, {what: 'all replies'})
  })
})
