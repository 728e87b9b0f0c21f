import assert from 'node:assert/strict'
import type {DataPlane, NginxEvent} from '../../../src/dataplane/data-plane.js'
import {send} from '../../../src/dataplane/nginx/process/processes.js'
import {startTcpBackend} from '../../support/backends.js'
import {serviceFile} from '../../support/nginx-files.js'
import {NginxFixture} from '../../support/nginx-fixture.js'
import {freePorts} from '../../support/ports.js'
import {Session} from '../../support/traffic.js'
import {waitFor} from '../../support/wait.js'

describe('events of NGINX', () => {
  let fixture: NginxFixture
  let nginx: DataPlane
  let events: NginxEvent[]
  let ports: number[]

  beforeEach(async () => {
    fixture = await NginxFixture.make()
    events = []
    nginx = await fixture.open({observe: (event) => void events.push(event)})
    ports = await freePorts(2)
  })

  afterEach(() => fixture.close())

  const port = (index: number): number => ports[index] as number

  /** The events since the last call, without durations. */
  function newEvents(): string[] {
    return events.splice(0).map((event) => {
      if (event.type === 'unexpected-exit') return event.type
      assert.ok(event.duration > 0)
      return [event.type, event.result, ...(event.type === 'reload' ? [event.reason] : [])].join(' ')
    })
  }

  it('tests, starts, reloads, moves and refusals', async () => {
    const narrow = serviceFile('a', {port: port(0)})
    await fixture.apply(nginx, narrow)
    assert.deepEqual(newEvents(), ['test accepted', 'start confirmed'])
    await fixture.apply(nginx, narrow)
    assert.deepEqual(newEvents(), [])
    await fixture.apply(nginx, serviceFile('a', {port: port(0), answer: 'changed'}))
    assert.deepEqual(newEvents(), ['test accepted', 'reload confirmed change'])
    await fixture.apply(nginx, serviceFile('a', {listeners: [{address: '0.0.0.0', port: port(0)}]}))
    assert.deepEqual(newEvents(), ['test accepted', 'reload confirmed move', 'reload confirmed move'])
    await fixture.apply(nginx, serviceFile('b', {port: port(1), extra: 'nonsense;'}))
    assert.deepEqual(newEvents(), ['test refused', 'test accepted', 'reload confirmed change'])
  })

  it('its death, and its restart', async () => {
    await fixture.apply(nginx, serviceFile('a', {port: port(0)}))
    newEvents()
    for (const master of fixture.processes().masters) send(master, 'SIGKILL')
    await waitFor(() => events.some(({type}) => type === 'start'), {what: 'NGINX to be started again'})
    assert.deepEqual(newEvents(), ['unexpected-exit', 'test accepted', 'start confirmed'])
  })

  it('the generation of its workers, also those of an earlier lbex', async () => {
    const backend = await startTcpBackend('held')
    const file = serviceFile('held', {port: port(0), to: [backend.port]})
    const first = await fixture.apply(nginx, file)
    const session = await Session.open({port: port(0)})
    const second = await fixture.apply(nginx, file, serviceFile('b', {port: port(1)}))
    const current = {generation: second.generation, state: 'current', count: 2}
    await waitFor(() => nginx.workers().length === 2 && nginx.workers()[1]?.count === 1, {
      what: 'the worker without connections to end',
    })
    assert.deepEqual(nginx.workers(), [current, {generation: first.generation, state: 'leaving', count: 1}])
    await fixture.leave(nginx)
    nginx = await fixture.open()
    assert.deepEqual(nginx.workers(), [current, {state: 'leaving', count: 1}])
    session.close()
    await backend.close()
    await waitFor(() => nginx.workers().length === 1, {what: 'the last of the old workers to end'})
  })
})
