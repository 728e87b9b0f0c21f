/** A backend in a process of its own, which sends each client a fixed number of bytes as fast as it can. */
import {createServer, type AddressInfo, type Socket} from 'node:net'

const [, , bytes = '0'] = process.argv
const CHUNK = Buffer.alloc(262_144)

const server = createServer((socket: Socket) => {
  socket.on('error', () => socket.destroy())
  let left = Number(bytes)
  const send = (): void => {
    while (left > 0) {
      left -= CHUNK.length
      if (!socket.write(CHUNK)) return
    }
    socket.end()
  }
  socket.on('drain', send)
  send()
}).listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))

process.on('disconnect', () => process.exit(0))
