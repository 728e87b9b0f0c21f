/**
 * A server that a benchmark kills, or that hangs after a message: then the kernel queues a few more connections, and ignores
 * those that follow.
 */
import {createServer} from 'node:net'

const [, , host, port] = process.argv
/** Milliseconds: longer than the benchmark needs it. */
const HANGS = 30_000

createServer((socket) => {
  socket.on('error', () => socket.destroy())
  socket.end('victim\n')
}).listen({host, port: Number(port), backlog: 8}, () => process.send?.('listening'))

process.on('message', () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, HANGS)
  process.exit(0)
})
process.on('disconnect', () => process.exit(0))
