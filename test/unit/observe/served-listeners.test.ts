import assert from 'node:assert/strict'
import type {Service} from '../../../src/core/cluster/objects.js'
import type {LoadBalancer} from '../../../src/core/model/load-balancer.js'
import {countServers, ServedListeners} from '../../../src/observe/served-listeners.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../support/builders.js'
import {evaluate} from '../../support/translate.js'

const web = aService('web').port('http', 80, {listen: 8080}).annotated({'upstream-type': 'pod'})
const NONE: ReadonlySet<string> = new Set()

function balancer(services: readonly Service[], ...addresses: string[]): LoadBalancer {
  const slices = services.map(({ref: {name}}) =>
    aSlice(name)
      .port('http', 8000)
      .endpoints(...addresses.map((address) => anEndpoint(address))),
  )
  return evaluate(aSnapshot([...services, ...slices]), options()).loadBalancer
}

describe('served listeners', () => {
  it('tells which listeners opened and closed, and since when one is served', () => {
    const served = new ServedListeners()
    const before = balancer([web.build()], '10.1.0.7', '10.1.0.8')
    const {opened, closed, servers} = served.update(before, NONE, 1000)
    assert.deepEqual(
      opened.map((each) => [each.service, each.listener, countServers(each)]),
      [['default/web', '0.0.0.0:8080/TCP', 2]],
    )
    assert.deepEqual([closed, servers], [[], []])
    assert.equal(served.times('default/web', '0.0.0.0:8080/TCP'), 1000)
    assert.deepEqual(served.update(before, NONE, 2000), {opened: [], closed: [], servers: []})

    const after = balancer([web.listening({http: 8081}).build()], '10.1.0.7')
    const changes = served.update(after, NONE, 3000)
    assert.deepEqual(
      [changes.opened[0]?.listener, changes.closed[0]?.listener],
      ['0.0.0.0:8081/TCP', '0.0.0.0:8080/TCP'],
    )
    assert.deepEqual(
      [served.times('default/web', '0.0.0.0:8080/TCP'), served.times('default/web', '0.0.0.0:8081/TCP')],
      [undefined, 3000],
    )
  })

  it('tells which servers of a Service came and went', () => {
    const served = new ServedListeners()
    served.update(balancer([web.build()], '10.1.0.7', '10.1.0.8'), NONE, 1000)
    const {opened, servers} = served.update(balancer([web.build()], '10.1.0.8', '10.1.0.9'), NONE, 2000)
    assert.deepEqual(opened, [])
    assert.deepEqual(servers, [
      {service: 'default/web', added: ['10.1.0.9:8000'], removed: ['10.1.0.7:8000']},
    ])
    assert.equal(served.times('default/web', '0.0.0.0:8080/TCP'), 1000)
    assert.deepEqual(served.update(balancer([web.build()], '10.1.0.8', '10.1.0.9'), NONE, 3000).servers, [])
  })

  it('keeps what a Service has while NGINX rejects its new configuration', () => {
    const served = new ServedListeners()
    served.update(balancer([web.build()], '10.1.0.7'), NONE, 1000)
    const moved = balancer([web.listening({http: 8081}).build()], '10.1.0.7')
    assert.deepEqual(served.update(moved, new Set(['default/web']), 2000), {
      opened: [],
      closed: [],
      servers: [],
    })
    const {opened, closed} = served.update(moved, NONE, 3000)
    assert.deepEqual([opened.length, closed.length], [1, 1])
  })

  it('counts a shared listener for each of its Services', () => {
    const shared = (name: string) =>
      aService(name)
        .port('http', 80, {listen: 8080})
        .annotated({'upstream-type': 'pod', hosts: `${name}.example`})
    const served = new ServedListeners()
    const {opened} = served.update(
      balancer([shared('a').build(), shared('b').build()], '10.1.0.7'),
      NONE,
      1000,
    )
    assert.deepEqual(
      opened.map((each) => [each.service, each.listener, countServers(each)]),
      [
        ['default/a', '0.0.0.0:8080/TCP', 1],
        ['default/b', '0.0.0.0:8080/TCP', 1],
      ],
    )
  })
})
