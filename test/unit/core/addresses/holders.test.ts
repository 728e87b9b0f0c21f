import assert from 'node:assert/strict'
import {aBalanced, allocate} from '../../../support/address-pools.js'

const sharing = (name: string, port: number, key = 'site') =>
  aBalanced(name, port).annotated({'address-sharing': key})

const built = (...services: readonly {build: () => ReturnType<ReturnType<typeof aBalanced>['build']>}[]) =>
  services.map((service) => service.build())

describe('Services with the same address-sharing', () => {
  it('share an address if their ports differ', () => {
    assert.deepEqual(allocate(built(sharing('a', 80), sharing('b', 443), sharing('c', 80))), {
      a: ['192.0.2.0'],
      b: ['192.0.2.0'],
      c: ['192.0.2.1'],
    })
  })

  it('share a port number of two protocols', () => {
    const udp = aBalanced('udp').with({ports: []}).port('dns', 53, {protocol: 'UDP'})
    const services = built(sharing('tcp', 53), udp.annotated({'address-sharing': 'site'}))
    assert.deepEqual(allocate(services), {tcp: ['192.0.2.0'], udp: ['192.0.2.0']})
  })

  it('compare all ports of a range', () => {
    const range = sharing('range', 20_000)
      .annotated({'upstream-type': 'pod'})
      .listening({http: '20000-20009'})
    assert.deepEqual(allocate(built(range, sharing('x', 20_009), sharing('y', 20_010))), {
      range: ['192.0.2.0'],
      x: ['192.0.2.1'],
      y: ['192.0.2.0'],
    })
  })

  it('count no more listen ports than a Service may have', () => {
    const listening = (name: string, ranges: Readonly<Record<string, string>>) =>
      Object.keys(ranges)
        .reduce((made, port, index) => made.port(port, 10_000 + index), aBalanced(name).with({ports: []}))
        .annotated({'address-sharing': 'site', 'upstream-type': 'pod'})
        .listening(ranges)
    const many = listening('many', {a: '10000-10499', b: '11000-11499', c: '12000-12499'})
    const services = built(many, listening('one', {a: '12000'}), listening('two', {a: '11499'}))
    assert.deepEqual(allocate(services), {many: ['192.0.2.0'], one: ['192.0.2.0'], two: ['192.0.2.1']})
  })

  it('do not share with another namespace, another key or no key', () => {
    const services = built(
      sharing('a', 80),
      sharing('b', 81).inNamespace('other'),
      sharing('c', 82, 'other'),
      aBalanced('d', 83),
    )
    assert.deepEqual(allocate(services), {
      a: ['192.0.2.0'],
      c: ['192.0.2.1'],
      d: ['192.0.2.2'],
      b: ['192.0.2.3'],
    })
  })

  it('keep what they share, and the youngest moves if their ports no longer differ', () => {
    const status = {a: ['192.0.2.4'], b: ['192.0.2.4'], c: ['192.0.2.4']}
    assert.deepEqual(allocate(built(sharing('c', 80), sharing('b', 443), sharing('a', 80)), {status}), {
      c: ['192.0.2.0'],
      b: ['192.0.2.4'],
      a: ['192.0.2.4'],
    })
  })

  it('fill the lowest shared address first, also those of the status', () => {
    const status = {a: ['192.0.2.6'], b: ['192.0.2.3']}
    const services = built(sharing('a', 80), sharing('b', 80), sharing('c', 443), sharing('d', 443))
    assert.deepEqual(allocate(services, {status}), {
      a: ['192.0.2.6'],
      b: ['192.0.2.3'],
      c: ['192.0.2.3'],
      d: ['192.0.2.6'],
    })
  })

  it('share a stated address', () => {
    const stated = {'listen-address': '192.0.2.5'}
    const services = built(
      sharing('a', 80).annotated(stated),
      sharing('b', 443).annotated(stated),
      sharing('c', 80).annotated(stated),
    )
    assert.deepEqual(allocate(services), {a: ['192.0.2.5'], b: ['192.0.2.5'], c: ['address-taken']})
  })

  it('do not share an address of another pool', () => {
    const pools = {first: ['192.0.2.0/30'], second: ['198.51.100.0/30']}
    const services = built(sharing('a', 80), sharing('b', 443).annotated({'address-pool': 'second'}))
    assert.deepEqual(allocate(services, {pools}), {a: ['192.0.2.0'], b: ['198.51.100.0']})
  })
})
