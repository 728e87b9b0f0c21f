/**
 * An API server and a backend, in a separate process so that their load does not count as load of lbex. The backend answers each
 * connection with its own local address. Environment (environment.ts) controls this process.
 */
import {createServer, type AddressInfo} from 'node:net'
import {once} from 'node:events'
import {ApiDouble} from '../../test/support/api-double/api-double.js'
import {aNode, aService, aSlice, NODES, type Size} from './objects.js'
import type {Actions, Reply, ActionRequest} from './environment.js'

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

const actions: Actions = {
  fill(wanted) {
    size = wanted
    for (let number = 0; number < NODES; number += 1) api.put(aNode(number, true))
    for (let index = 0; index < size.services; index += 1) {
      api.put(aService(index, port, size.published))
      api.put(aSlice(index, size, 0, port))
    }
    api.history.compact()
    return {url: api.url, backend: port}
  },
  async setReady({index, ready, publishing}) {
    const changedAt = now()
    const written = publishing ? untilWritten(index) : 0
    api.put(aSlice(index, {...size, endpoints: ready ? size.endpoints : 0}, 0, port))
    return {changedAt, writtenAt: await written}
  },
  async published() {
    while (countPublished() < size.services) await new Promise((resolve) => setTimeout(resolve, 200))
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

/** Milliseconds since the epoch, the same in all processes. */
function now(): number {
  return performance.timeOrigin + performance.now()
}

/** When the status of the Service is written the next time; 0 after 5 s. */
function untilWritten(index: number): Promise<number> {
  const name = `service-${index}`
  return new Promise((resolve) => {
    const done = (at: number): void => {
      stop()
      clearTimeout(timer)
      resolve(at)
    }
    const stop = api.history.onChange(({object}) => {
      if (object.kind === 'Service' && object.metadata.name === name) done(now())
    })
    const timer = setTimeout(() => done(0), 5000)
  })
}

function countPublished(): number {
  const services = api.history.pin().objects.filter(({kind}) => kind === 'Service')
  return services.filter(({status}) => JSON.stringify(status).includes('ingress')).length
}

process.on('message', (request: ActionRequest) => void answer(request))

async function answer({id, action, argument}: ActionRequest): Promise<void> {
  const result = await (actions[action] as (argument: unknown) => unknown)(argument)
  process.send?.({id, result} satisfies Reply)
}
