import assert from 'node:assert/strict'
import type {ExposedPort} from '../../../../src/core/intent/service-intent.js'
import type {Backend, Backends} from '../../../../src/core/model/backends.js'
import {makeUpstream} from '../../../../src/core/model/upstream.js'
import {serversOf} from '../../../support/outline.js'

const port: ExposedPort = {
  port: {name: 'dns', protocol: 'UDP', port: 53},
  index: 0,
  listenPort: 5353,
  field: [],
}
const backend = (address: string, weight = 1, number = 80): Backend => ({address, port: number, weight})
const upstream = (backends: Partial<Backends>, isRepeated = false) =>
  makeUpstream(
    {serviceId: '0123456789ab', port, family: 'IPv6', isRepeated},
    {balancing: {algorithm: 'round_robin'}},
    {servers: [], absent: [], unknown: [], ...backends},
  )
const servers = (...backends: Backend[]) => serversOf(upstream({servers: backends}))

describe('makeUpstream', () => {
  it('starts the name with the hash, followed by port, protocol and family', () => {
    const absent = [{what: 'node a', why: 'not Ready'}]
    assert.deepEqual(upstream({servers: [backend('fd00::1')], absent}), {
      name: '0123456789ab_5353_udp_ipv6',
      settings: {balancing: {algorithm: 'round_robin'}},
      servers: [{address: 'fd00::1', port: 80, weight: 1, down: false}],
      unknown: [],
      absent,
    })
  })

  it('has the Service port in its name if another port has the same listen port', () => {
    const {name} = upstream({servers: [backend('fd00::1')]}, true)
    assert.equal(name, '0123456789ab_5353_udp_ipv6_53')
  })

  it('sorts servers by address and port', () => {
    assert.deepEqual(servers(backend('10.0.0.2'), backend('10.0.0.1', 1, 81), backend('10.0.0.1')), [
      '10.0.0.1:80',
      '10.0.0.1:81',
      '10.0.0.2:80',
    ])
  })

  it('marks the placeholder as down', () => {
    assert.deepEqual(serversOf(upstream({servers: [backend('192.0.2.1')], unknown: ['the endpoints']})), [
      '192.0.2.1:80 down',
    ])
  })
})

describe('weights', () => {
  it('are divided by their greatest common divisor', () => {
    assert.deepEqual(servers(backend('10.0.0.1', 4), backend('10.0.0.2', 6)), [
      '10.0.0.1:80 weight=2',
      '10.0.0.2:80 weight=3',
    ])
    assert.deepEqual(servers(backend('10.0.0.1', 7), backend('10.0.0.2', 7)), ['10.0.0.1:80', '10.0.0.2:80'])
    assert.deepEqual(servers(backend('10.0.0.1', 500)), ['10.0.0.1:80'])
  })

  it('are scaled down to 32 if they are larger, and never to 0', () => {
    assert.deepEqual(servers(backend('10.0.0.1', 1), backend('10.0.0.2', 32)), [
      '10.0.0.1:80',
      '10.0.0.2:80 weight=32',
    ])
    assert.deepEqual(servers(backend('10.0.0.1', 1), backend('10.0.0.2', 640), backend('10.0.0.3', 321)), [
      '10.0.0.1:80',
      '10.0.0.2:80 weight=32',
      '10.0.0.3:80 weight=16',
    ])
  })
})

describe('skipped backends', () => {
  it('are sorted, and the first twenty are listed', () => {
    const absent = Array.from({length: 23}, (_, index) => ({
      what: `node ${String(22 - index).padStart(2, '0')}`,
      why: 'x',
    }))
    const named = upstream({servers: [backend('10.0.0.1')], absent}).absent
    assert.deepEqual(
      [named.length, named[0], named[19], named[20]],
      [
        21,
        {what: 'node 00', why: 'x'},
        {what: 'node 19', why: 'x'},
        {what: '3 more', why: 'for similar reasons'},
      ],
    )
  })
})
