import assert from 'node:assert/strict'
import type {Upstream} from '../../../src/core/model/load-balancer.js'
import {ServedLog} from '../../../src/observe/served-log.js'
import type {ServedListener} from '../../../src/observe/served-listeners.js'
import {FakeLog} from '../controller/fakes.js'

function listener(name: string, ...addresses: string[]): ServedListener {
  const servers = addresses.map((address) => ({address, port: 80, weight: 1, down: false}))
  const upstream = {name, servers} as unknown as Upstream
  return {service: `shop/${name}`, listener: '0.0.0.0:80/TCP', since: 0, upstreams: [upstream]}
}

const NONE = {opened: [], closed: [], servers: []}

describe('the log of what is served', () => {
  it('begins with the number of Services, and names listeners and servers', () => {
    const log = new FakeLog()
    const served = new ServedLog(log)
    const postgres = listener('postgres', '10.0.0.7', '10.0.0.8')
    served.update({...NONE, opened: [postgres]}, {read: 214, selected: 12})
    served.update(NONE, {read: 214, selected: 12})
    const change = {service: 'shop/postgres', added: ['10.0.0.9:80'], removed: ['10.0.0.7:80']}
    served.update(
      {opened: [listener('web', '10.0.0.7')], closed: [postgres], servers: [change]},
      {read: 1, selected: 1},
    )
    assert.deepEqual(log.said, [
      'info 214 Services, 12 ask for lbex, 1 served',
      'info listening on 0.0.0.0:80/TCP for shop/postgres, 2 servers',
      'info closed 0.0.0.0:80/TCP of shop/postgres',
      'info listening on 0.0.0.0:80/TCP for shop/web, 1 server',
      'info servers of shop/postgres: +10.0.0.9:80 -10.0.0.7:80',
    ])
    assert.deepEqual(log.lines[1]?.[2], {
      event: {type: 'listening', listener: '0.0.0.0:80/TCP', service: 'shop/postgres', servers: 2},
    })
  })

  it('counts what thousands of Services would add', () => {
    const log = new FakeLog()
    const many = Array.from({length: 5000}, (_, index) => listener(`s${index}`, '10.0.0.7'))
    new ServedLog(log).update({...NONE, opened: many}, {read: 1, selected: 1})
    assert.equal(log.said.length, 22)
    assert.equal(log.said[0], 'info 1 Service, 1 asks for lbex, 5000 served')
    assert.equal(log.said.at(-1), 'info listening on 4980 more listeners')
    new ServedLog(log).update({...NONE, closed: many.slice(0, 21)}, {read: 1, selected: 1})
    assert.equal(log.said.at(-1), 'info closed 1 more listener')
    const addresses = Array.from({length: 7}, (_, index) => `10.0.0.${index}:80`)
    const servers = many.slice(0, 22).map(({service}) => ({service, added: addresses, removed: []}))
    new ServedLog(log).update({...NONE, servers}, {read: 1, selected: 1})
    assert.match(
      log.said.at(-2) ?? '',
      /^info servers of shop\/s19: \+10\.0\.0\.0:80 .* \+10\.0\.0\.4:80 \+2 more$/,
    )
    assert.equal(log.said.at(-1), 'info servers of 2 more Services changed')
  })
})
