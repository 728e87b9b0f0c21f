/**
 * The world around lbex, in a process of its own so that its load is not lbex's: an API server and one backend, which greets
 * each connection with the address that it was reached at. World (world.ts) tells it what to do.
 */
import {createServer, type AddressInfo} from 'node:net'
import {once} from 'node:events'
import {ApiDouble} from '../../test/support/api-double/api-double.js'
import {aNode, aService, aSlice, NODES, type Size} from './objects.js'
import type {Deeds, Reply, Request} from './world.js'

const api = await new ApiDouble().start()
const backend = createServer((socket) => {
  socket.on('error', () => socket.destroy())
  socket.write(`${socket.localAddress}\n`)
  socket.resume()
})
backend.listen({port: 0, host: '0.0.0.0', backlog: 4096})
await once(backend, 'listening')
const {port} = backend.address() as AddressInfo
let size: Size = {services: 0, endpoints: 0}

const deeds: Deeds = {
  fill(wanted) {
    size = wanted
    for (let number = 0; number < NODES; number += 1) api.put(aNode(number, true))
    for (let index = 0; index < size.services; index += 1) {
      api.put(aService(index, port))
      api.put(aSlice(index, size, 0, port))
    }
    api.history.compact()
    return {url: api.url, backend: port}
  },
  rollOut({index, round}) {
    api.put(aSlice(index, size, round, port))
  },
  setNode({number, ready}) {
    api.put(aNode(number, ready))
  },
  async churn({round, events, within}) {
    const start = performance.now()
    for (let event = 0; event < events;) {
      const due = Math.min(events, Math.ceil(((performance.now() - start) / within) * events))
      for (; event < due; event += 1) api.put(aSlice((event * 7) % size.services, size, round + event, port))
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  },
}

process.on('message', (request: Request) => void answer(request))

async function answer({id, deed, given}: Request): Promise<void> {
  const result = await (deeds[deed] as (given: unknown) => unknown)(given)
  process.send?.({id, result} satisfies Reply)
}
