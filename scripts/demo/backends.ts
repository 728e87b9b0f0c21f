/** The Pods of the demo: small servers that answer with their name, over TCP and UDP. */
import {createSocket} from 'node:dgram'
import {once} from 'node:events'
import {createServer} from 'node:net'

export type Backend = {close(): Promise<void>}

/** Answers every connection with `name` and ends it. */
export async function tcpBackend(name: string, address: string, port: number): Promise<Backend> {
  const server = createServer((socket) => socket.on('error', () => socket.destroy()).end(name))
  server.listen(port, address)
  await once(server, 'listening')
  return {
    async close() {
      server.close()
      await once(server, 'close')
    },
  }
}

/** Answers every datagram with `name`. */
export async function udpBackend(name: string, address: string, port: number): Promise<Backend> {
  const socket = createSocket('udp4')
  socket.on('message', (_, from) => socket.send(name, from.port, from.address))
  socket.bind(port, address)
  await once(socket, 'listening')
  return {
    async close() {
      socket.close()
      await once(socket, 'close')
    },
  }
}
