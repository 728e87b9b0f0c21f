/** The servers that bench/health-bench.ts probes, as a process of its own, so that their work does not count as that of lbex. */
import {createServer, type AddressInfo, type Socket} from 'node:net'

const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK'

/** Answers HTTP, on every loopback address. */
const server = createServer((socket: Socket) => {
  socket.on('error', () => socket.destroy())
  socket.once('data', () => socket.end(RESPONSE))
}).listen({port: 0, host: '0.0.0.0', backlog: 4096}, () => {
  process.send?.((server.address() as AddressInfo).port)
})

process.on('disconnect', () => process.exit(0))
