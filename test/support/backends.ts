/** Small programs to balance to: each says its name, and sends back what it gets. */
import {createSocket} from 'node:dgram'
import {once} from 'node:events'
import {connect, createServer, type AddressInfo, type Socket} from 'node:net'
import {Worker} from 'node:worker_threads'

export type Backend = {
  readonly name: string
  readonly port: number
  /** Connections that were accepted, or datagrams that came. */
  readonly served: number
  /** Connections that are open. */
  readonly open: number
  close(): Promise<void>
}

export type BackendOptions = {
  /** Default 127.0.0.1. */
  readonly address?: string
  /** Default: any. */
  readonly port?: number
}

/** Greets each connection with `NAME\n`, then echoes; ends when the client does. */
export async function startTcpBackend(name: string, options: BackendOptions = {}): Promise<Backend> {
  const {address = '127.0.0.1', port = 0} = options
  const sockets = new Set<Socket>()
  let served = 0
  const server = createServer((socket) => {
    served += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.write(`${name}\n`)
    socket.pipe(socket)
  })
  server.listen({port, host: address, backlog: 4096})
  await once(server, 'listening')
  return {
    name,
    port: (server.address() as AddressInfo).port,
    get served() {
      return served
    },
    get open() {
      return sockets.size
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** Answers each datagram with `NAME TEXT`. */
export async function startUdpBackend(name: string, options: BackendOptions = {}): Promise<Backend> {
  const {address = '127.0.0.1', port = 0} = options
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  let served = 0
  socket.on('message', (message, client) => {
    served += 1
    socket.send(`${name} ${message.toString()}`, client.port, client.address)
  })
  socket.bind(port, address)
  await once(socket, 'listening')
  let closing: Promise<void> | undefined
  return {
    name,
    port: socket.address().port,
    get served() {
      return served
    },
    open: 0,
    close: () => (closing ??= new Promise((resolve) => socket.close(() => resolve()))),
  }
}

/** A program that listens and never accepts, and whose queue is full: a connection to it is neither accepted nor refused. */
export async function startFullBackend(): Promise<{readonly port: number; close(): Promise<void>}> {
  const worker = new Worker(NEVER_ACCEPTS, {eval: true})
  const [port] = (await once(worker, 'message')) as [number]
  const queued = Array.from({length: 4}, () => connect({port, host: '127.0.0.1'}))
  for (const socket of queued) socket.on('error', () => socket.destroy())
  await Promise.all(queued.slice(0, 2).map((socket) => once(socket, 'connect')))
  return {
    port,
    close: async () => {
      for (const socket of queued) socket.destroy()
      await worker.terminate()
    },
  }
}

/** The kernel queues one connection more than the backlog while the thread waits for ever. */
const NEVER_ACCEPTS = `
  const {createServer} = require('node:net')
  const {parentPort} = require('node:worker_threads')
  const server = createServer().listen({port: 0, host: '127.0.0.1', backlog: 1}, () => {
    parentPort.postMessage(server.address().port)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })
`
