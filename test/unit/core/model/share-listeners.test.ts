import assert from 'node:assert/strict'
import {keepUnchanged} from '../../../../src/core/model/share-listeners.js'
import {
  balance,
  BY_NAME,
  BY_WEIGHT,
  namesOf,
  type Applicant,
  type Wish,
} from '../../../support/shared-listeners.js'
import {listenerSettings} from '../../../support/builders.js'

const forName = (name: string, weight?: number): Wish => ({
  match: {type: 'sni', name},
  ...(weight !== undefined && {weight}),
})
const wants = (name: string, ...wishes: readonly Wish[]): Applicant => ({
  name,
  endpoint: '10.1.0.1',
  wishes,
})
/** The owners of each shared listener, and the messages about rejected requests. */
const shared = (...applicants: readonly Applicant[]) => {
  const {loadBalancer, allocation} = balance(...applicants)
  return [
    loadBalancer.shared.map(({owners}) => namesOf(owners)),
    allocation.diagnostics.map(({object, related}) => `${object.name}: ${related?.[0]?.object.name}`),
  ]
}

describe('a listener of several Services', () => {
  it('may be shared by weight', () => {
    const {loadBalancer, allocation} = balance(...BY_WEIGHT)
    assert.deepEqual([loadBalancer.services, allocation.diagnostics], [[], []])
    const [only, ...others] = loadBalancer.shared
    assert.ok(only)
    const nameOf = (address: string) =>
      only.upstreams.find(({servers}) => servers[0]?.address === address)?.name
    assert.deepEqual([namesOf(only.owners), others], [['blue', 'green'], []])
    assert.deepEqual(only.listener, {
      key: {address: '0.0.0.0', port: 8443, protocol: 'TCP'},
      settings: listenerSettings(),
      routes: ['blue', 'green'].map((name, index) => ({
        match: {type: 'all'},
        owner: {kind: 'Service', namespace: 'default', name},
        portName: 'p0',
        servicePort: 443,
        upstreams: [{name: nameOf(`10.1.0.${index + 1}`), weight: index === 0 ? 3 : 1}],
      })),
    })
    assert.deepEqual(
      only.upstreams.map(({servers}) => servers.map(({address}) => address)),
      [['10.1.0.2'], ['10.1.0.1']],
    )
  })

  it('may be shared by SNI name, with one Service for all other traffic', () => {
    const {loadBalancer} = balance(...BY_NAME)
    const routes = loadBalancer.shared[0]?.listener.routes ?? []
    assert.deepEqual(
      routes.map(({match, owner, servicePort}) => [
        match.type === 'sni' ? match.name : 'all',
        owner.name,
        servicePort,
      ]),
      [
        ['*.example', 'www', 443],
        ['api.example', 'api', 443],
        ['api.example', 'api', 444],
        ['all', 'rest', 443],
      ],
    )
  })

  it('has the same routes whatever the order of the Services', () => {
    assert.deepEqual(balance(...[...BY_NAME].reverse()).loadBalancer, balance(...BY_NAME).loadBalancer)
  })

  it('has separate upstreams, so that its file does not depend on the file of a Service', () => {
    const [blue, green] = BY_WEIGHT as [Applicant, Applicant]
    const two = {...blue, wishes: [{weight: 3}, {weight: 2}]}
    const {loadBalancer} = balance(two, green, {...blue, name: 'alone', listen: 8444})
    const names = [...loadBalancer.services, ...loadBalancer.shared].flatMap(({upstreams}) =>
      upstreams.map(({name}) => name),
    )
    assert.match(names[0] ?? '', /^[0-9a-f]{12}_8444_tcp_ipv4$/)
    for (const name of names.slice(1)) assert.match(name, /^[0-9a-f]{12}_8443_tcp_ipv4(_444)?_[0-9a-f]{12}$/)
  })

  it('sends the share of a Service without a backend to the others', () => {
    const [blue, green] = BY_WEIGHT as [Applicant, Applicant]
    const {endpoint: _, ...without} = blue
    const {loadBalancer} = balance(without, green)
    assert.deepEqual(
      loadBalancer.shared.map(({owners, listener}) => [namesOf(owners), listener.routes.length]),
      [[['green'], 1]],
    )
    const {endpoint: __, ...neither} = green
    assert.deepEqual(balance(without, neither).loadBalancer, {services: [], shared: []})
  })

  it('is not shared if all its routes belong to one Service', () => {
    const {loadBalancer} = balance(wants('a', forName('x.example'), forName('y.example')))
    assert.deepEqual(loadBalancer.shared, [])
    assert.equal(loadBalancer.services[0]?.listeners[0]?.routes.length, 2)
  })
})

describe('requests that conflict', () => {
  it('are a request for all traffic without a weight, and any other', () => {
    assert.deepEqual(
      shared(wants('a', {}), wants('b', {}), wants('c', {weight: 1}), wants('d', forName('x'))),
      [[], ['b: a', 'c: a', 'd: a']],
    )
    assert.deepEqual(shared(wants('a', {weight: 1}), wants('b', {}), wants('c', {weight: 1})), [
      [['a', 'c']],
      ['b: a'],
    ])
  })

  it('are requests for the same name, unless all have a weight', () => {
    assert.deepEqual(shared(wants('a', forName('x')), wants('b', forName('x')), wants('c', forName('y'))), [
      [['a', 'c']],
      ['b: a'],
    ])
    assert.deepEqual(
      shared(wants('a', forName('x', 1)), wants('b', forName('x')), wants('c', forName('x', 1))),
      [[['a', 'c']], ['b: a']],
    )
  })

  it('are requests with different settings', () => {
    const settings = listenerSettings({transparent: true})
    assert.deepEqual(shared(wants('a', {weight: 1}), wants('b', {weight: 1, settings})), [[], ['b: a']])
  })

  it('are resolved by precedence', () => {
    const young = wants('a', {weight: 1})
    assert.deepEqual(shared(young, {...wants('b', {}), created: 2025}), [[], ['a: b']])
  })
})

describe('keepUnchanged', () => {
  it('returns the previous object of an equal listener', () => {
    const before = balance(...BY_WEIGHT).loadBalancer.shared
    const [same] = keepUnchanged(balance(...BY_WEIGHT).loadBalancer.shared, before)
    assert.equal(same, before[0])
    const [blue, green] = BY_WEIGHT as [Applicant, Applicant]
    const changed = balance(blue, {...green, endpoint: '10.1.0.9'}).loadBalancer.shared
    assert.deepEqual(keepUnchanged(changed, before), changed)
    assert.notEqual(keepUnchanged(changed, before)[0], before[0])
  })
})
