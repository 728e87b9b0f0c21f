/** Ports that nothing listens on, below the range that the kernel gives to clients: no connection can take them. */
import {createSocket} from 'node:dgram'
import {createServer, type Server} from 'node:net'
import {waitFor} from './wait.js'

/** Lanes of tests that run at the same time (scripts/lanes.mjs) never give the same port. */
const COUNT = 6_900
const FIRST = 12_000 + COUNT * Number(process.env['TEST_LANE'] ?? 0)

const given = new Set<number>()

/** `count` ports that are free for TCP and UDP on every address; none is given twice. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = FIRST + Math.floor(Math.random() * COUNT)
    if (given.has(port)) continue
    given.add(port)
    if ((await isFreeForTcp(port)) && (await isFreeForUdp(port))) ports.push(port)
  }
  return ports
}

/** The first of `count` consecutive ports that are free like those of freePorts. */
export async function freeRange(count: number): Promise<number> {
  for (;;) {
    const [first = 0] = await freePorts(1)
    const others = Array.from({length: count - 1}, (_, index) => first + 1 + index)
    if (others.some((port) => given.has(port) || port >= FIRST + COUNT)) continue
    const free = await Promise.all(
      others.map(async (port) => (await isFreeForTcp(port)) && isFreeForUdp(port)),
    )
    if (!free.every(Boolean)) continue
    for (const port of others) given.add(port)
    return first
  }
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1)
  return port as number
}

/** Binds a port of 127.0.0.1 as soon as it is free: a killed process releases it a moment after it has disappeared. */
export function holdPort(port: number): Promise<Server> {
  const take = (): Promise<Server | undefined> =>
    new Promise((resolve) => {
      const server = createServer()
      server.on('error', () => resolve(undefined))
      server.listen(port, '127.0.0.1', () => resolve(server))
    })
  return waitFor(take, {what: `port ${port}`, every: 1})
}

function isFreeForTcp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.on('error', () => resolve(false))
    server.listen({port, host: '0.0.0.0'}, () => server.close(() => resolve(true)))
  })
}

function isFreeForUdp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.on('error', () => resolve(false))
    socket.bind(port, '0.0.0.0', () => socket.close(() => resolve(true)))
  })
}
