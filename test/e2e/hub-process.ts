/**
 * The hub of a Network, as a process in its namespace: a relay to the API server, a backend, and clients of each host. The relay
 * leads to a socket in the file system, because loopback of the test is in another namespace.
 */
import {once} from 'node:events'
import {connect, createServer, type Server} from 'node:net'
import {setTimeout as delay} from 'node:timers/promises'
import {startTcpBackend} from '../support/backends.js'
import {askTcp} from '../support/traffic.js'
import {HUB} from './network.js'

/** What the clients of one host have seen. */
export type Seen = {succeeded: number; failed: number}

export type HubOrder =
  | {readonly open: {readonly apiSocket: string}}
  | {readonly start: {readonly hosts: readonly string[]; readonly port: number}}
  /** Resets the counts of the host. */
  | {readonly seen: {readonly host: string}}

/** Of `start`: the number of hosts. */
export type HubAnswer =
  {readonly apiPort: number; readonly backendPort: number} | Seen | {readonly clients: number}

/** Milliseconds between two connections to a host. */
const INTERVAL = 25

const seen = new Map<string, Seen>()

async function obey(order: HubOrder): Promise<HubAnswer> {
  if ('open' in order) return open(order.open.apiSocket)
  if ('start' in order) {
    for (const host of order.start.hosts) void askForever(host, order.start.port)
    return {clients: order.start.hosts.length}
  }
  const {host} = order.seen
  const counts = seen.get(host) ?? {succeeded: 0, failed: 0}
  seen.set(host, {succeeded: 0, failed: 0})
  return counts
}

async function open(apiSocket: string): Promise<HubAnswer> {
  const relay = createServer((client) => {
    const server = connect(apiSocket)
    client.pipe(server).pipe(client)
    client.on('error', () => server.destroy()).on('close', () => server.destroy())
    server.on('error', () => client.destroy()).on('close', () => client.destroy())
  })
  const backend = await startTcpBackend('web', {address: HUB})
  return {apiPort: await listen(relay), backendPort: backend.port}
}

async function listen(server: Server): Promise<number> {
  server.listen(0, HUB)
  await once(server, 'listening')
  return (server.address() as {port: number}).port
}

async function askForever(host: string, port: number): Promise<void> {
  seen.set(host, {succeeded: 0, failed: 0})
  for (;;) {
    const answer = await askTcp({address: host, port}).catch(() => undefined)
    const counts = seen.get(host) as Seen
    if (answer === 'web') counts.succeeded += 1
    else counts.failed += 1
    await delay(INTERVAL)
  }
}

process.on('message', (order: HubOrder) => void obey(order).then((answer) => process.send?.(answer)))
process.on('disconnect', () => process.exit())
