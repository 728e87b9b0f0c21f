/** Finds out which listeners NGINX could not get, before it refuses a whole configuration for the sake of one. */
import {createSocket} from 'node:dgram'
import {createServer} from 'node:net'
import type {ListenerKey} from '../config/listener-key.js'
import {bindProblem} from './complaint.js'
import {inBatches} from './in-batches.js'
import {overlaps, portId} from './listeners.js'
import type {HeldListener} from './nginx-edge.js'

/** Sockets that are open at the same time. */
const BATCH = 64

/** Binds each listener for a moment; returns those that cannot be had, with the problem in words. */
export async function probeListeners(keys: readonly ListenerKey[]): Promise<HeldListener[]> {
  const problems = await inBatches(keys, BATCH, async (key) => {
    const error = await (key.protocol === 'TCP' ? bindTcp(key) : bindUdp(key))
    return error && {key, problem: bindProblem(error.code ?? '', error.message)}
  })
  return problems.flatMap((problem) => problem ?? [])
}

/** The listeners that none of `held` is in the way of: what NGINX has itself cannot be bound beside it. */
export function notHeld(keys: readonly ListenerKey[], held: readonly ListenerKey[]): ListenerKey[] {
  const byPort = new Map<string, ListenerKey[]>()
  for (const key of held) byPort.set(portId(key), [...(byPort.get(portId(key)) ?? []), key])
  return keys.filter((key) => !byPort.get(portId(key))?.some((other) => overlaps(key, other)))
}

function bindTcp({address, port}: ListenerKey): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy())
    server.on('error', resolve)
    server.listen({host: address, port, exclusive: true, ipv6Only: true}, () =>
      server.close(() => resolve(undefined)),
    )
  })
}

/** Without SO_REUSEADDR or SO_REUSEPORT: with them two programs would share the port, and split the datagrams. */
function bindUdp({address, port}: ListenerKey): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const ipv6 = address.includes(':')
    const socket = createSocket({type: ipv6 ? 'udp6' : 'udp4', ipv6Only: ipv6})
    socket.on('error', (error) => {
      socket.close()
      resolve(error)
    })
    socket.bind({address, port, exclusive: true}, () => socket.close(() => resolve(undefined)))
  })
}
