import assert from 'node:assert/strict'
import {evaluate} from '../../../support/translate.js'
import {anEndpoint, aService, aSlice, aSnapshot, options} from '../../../support/builders.js'
import {outcome, outline} from '../../../support/outline.js'

type Builder = ReturnType<typeof aService>

const service = (name: string, created?: string): Builder => {
  const base = aService(name).annotated({'upstream-type': 'cluster-ip'}).port('http', 80, {listen: 8080})
  return created === undefined ? base.without('creationTimestamp') : base.created(created)
}
const winner = (...services: Builder[]) => Object.keys(outcome(aSnapshot(services), options()).served)

/** The result must be the same for each order of the snapshot. */
function assertWinner(name: string, ...services: Builder[]): void {
  assert.deepEqual(winner(...services), [`default/${name}`])
  assert.deepEqual(winner(...[...services].reverse()), [`default/${name}`])
}

describe('a listener that two Services request', () => {
  it('is allocated to the older one', () => {
    assertWinner('b', service('a', '2026-01-02T00:00:00Z'), service('b', '2026-01-01T00:00:00Z'))
    assertWinner('b', service('a', '2026-01-01T00:00:00Z'), service('b', '2026-01-01T00:00:00+01:00'))
  })

  it('has at most 100 routes of one namespace for the same traffic, so that no namespace takes it from all', () => {
    const names = Array.from({length: 101}, (_, index) => `s-${String(index).padStart(3, '0')}`)
    const shared = names.map((name) => service(name).annotated({'shared-listener': 'canary'}))
    const {diagnostics} = evaluate(aSnapshot(shared), options())
    const rejected = diagnostics.filter(({code}) => code === 'hosts-over-limit')
    assert.deepEqual(
      rejected.map(({object}) => object.name),
      ['s-100'],
    )
  })

  it('is allocated to the first by namespace/name if both have the same age', () => {
    assertWinner('a', service('b', '2026-01-01T00:00:00Z'), service('a', '2026-01-01T00:00:00Z'))
    const [first, second] = [service('b').inNamespace('a'), service('a').inNamespace('a-b')]
    assert.deepEqual([winner(first, second), winner(second, first)], [['a/b'], ['a/b']])
  })

  it('is allocated to a Service that exists in the cluster rather than to one that does not', () => {
    assertWinner('b', service('a'), service('b', '2026-01-01T00:00:00Z'))
    assertWinner('a', service('a'), service('b'))
    assertWinner('b', service('a', 'yesterday'), service('b', '2026-01-01T00:00:00Z'))
  })

  it('is reported for the other Service, with the name and position of the owner', () => {
    const origin = {file: 'old.yaml', document: 0, path: []}
    const old = service('old', '2025-01-01T00:00:00Z').with({origin})
    const {diagnostics} = evaluate(aSnapshot([service('new', '2026-01-01T00:00:00Z'), old]), options())
    const field = ['metadata', 'annotations', 'loadbalancer-port.lbex/http']
    assert.deepEqual(diagnostics, [
      {
        code: 'port-conflict',
        severity: 'error',
        message:
          '0.0.0.0:8080/TCP is already allocated to Service default/old (it is older); this port is not exposed',
        object: {kind: 'Service', namespace: 'default', name: 'new'},
        field,
        hint: 'choose another listen port; lbex exposes this one when the other Service no longer uses it',
        related: [{message: 'allocated here', object: old.build().ref, field, origin}],
      },
    ])
    const equal = outcome(aSnapshot([service('a'), service('b')]), options()).messages
    assert.deepEqual(equal, [
      'port-conflict: 0.0.0.0:8080/TCP is already allocated to Service default/a (it comes first by namespace/name); this port is not exposed',
    ])
  })

  it('is allocated to the other Service as soon as the owner no longer uses it', () => {
    const [old, young] = [
      service('old', '2025-01-01T00:00:00Z'),
      service('young', '2026-01-01T00:00:00Z').build(),
    ]
    assert.deepEqual(winner(old), ['default/old'])
    const both = evaluate(aSnapshot([old, young]), options())
    assert.deepEqual(Object.keys(outline(both.loadBalancer)), ['default/old'])
    const moved = evaluate(aSnapshot([old.listening({http: 8081}), young]), options())
    assert.deepEqual(Object.keys(outline(moved.loadBalancer)), ['default/old', 'default/young'])
    assert.deepEqual(moved.diagnostics, [])
  })

  it('does not affect other ports of the Service that did not get it', () => {
    const young = service('young', '2026-01-01T00:00:00Z').port('admin', 81, {listen: 8081})
    assert.deepEqual(outcome(aSnapshot([service('old', '2025-01-01T00:00:00Z'), young]), options()).served, {
      'default/old': {'0.0.0.0:8080/TCP': ['10.96.0.1:80']},
      'default/young': {'0.0.0.0:8081/TCP': ['10.96.0.1:81']},
    })
  })

  it('may be requested by three', () => {
    const [a, b, c] = ['2024', '2025', '2026'].map((year) => service(`s${year}`, `${year}-01-01T00:00:00Z`))
    assert.ok(a && b && c)
    const {served, messages} = outcome(aSnapshot([c, a, b]), options())
    assert.deepEqual(Object.keys(served), ['default/s2024'])
    assert.deepEqual(
      messages.map((message) => / to (Service \S+)/.exec(message)?.[1]),
      ['Service default/s2024', 'Service default/s2024'],
    )
  })
})

describe('listeners that differ', () => {
  it('do not conflict if protocol or port differ', () => {
    const udp = aService('udp')
      .annotated({'upstream-type': 'cluster-ip'})
      .port('x', 80, {protocol: 'UDP', listen: 8080})
    assert.deepEqual(winner(service('tcp'), udp), ['default/tcp', 'default/udp'])
  })

  it('do not conflict if the Services have similar names: `a-b/c` and `a/b-c`', () => {
    const [first, second] = [
      service('c').inNamespace('a-b'),
      service('b-c').inNamespace('a').listening({http: 8081}),
    ]
    assert.deepEqual(winner(first, second), ['a/b-c', 'a-b/c'])
  })
})

describe('one Service that requests a listener twice', () => {
  it('gets it for the first of its ports, and keeps its other listeners', () => {
    const twice = aService('twice')
      .annotated({'upstream-type': 'pod'})
      .port('a', 80, {listen: 8080})
      .port('b', 81, {listen: 8080})
      .port('c', 82, {listen: 8082})
    const slice = aSlice('twice').port('a', 1).port('b', 2).port('c', 3).endpoints(anEndpoint('10.1.0.1'))
    assert.deepEqual(outcome(aSnapshot([twice, slice]), options()), {
      served: {'default/twice': {'0.0.0.0:8080/TCP': ['10.1.0.1:1'], '0.0.0.0:8082/TCP': ['10.1.0.1:3']}},
      messages: [
        'port-conflict: 0.0.0.0:8080/TCP is already allocated to another port of this Service; this port is not exposed',
      ],
    })
  })

  it('lists the first of thousands of conflicts, and counts the others', () => {
    const ports = Array.from({length: 3000}, (_, index) => ({name: `p${index}`, protocol: 'TCP', port: 80}))
    const keysByPort = Object.fromEntries(ports.map(({name}) => [name, 8080]))
    const twice = aService('twice')
      .annotated({'upstream-type': 'cluster-ip'})
      .with({ports})
      .listening(keysByPort)
    const {messages} = outcome(aSnapshot([twice]), options({maxListenersPerService: 3000}))
    assert.equal(messages.length, 51)
    assert.equal(
      messages.at(-1),
      'findings-not-listed: port-conflict was found in 2949 more places; only the first 50 findings are listed',
    )
  })
})

describe('listeners on different addresses of one port', () => {
  const listenAddresses = {IPv4: ['192.0.2.1', '192.0.2.2'], IPv6: []}
  const on = (name: string, year: number, address?: string): Builder => {
    const made = service(name, `${year}-01-01T00:00:00Z`)
    return address === undefined ? made : made.annotated({'listen-address': address})
  }
  const allocated = (overrides: object, ...services: Builder[]): string[] => {
    const byService = ({services: all}: ReturnType<typeof evaluate>): string[] =>
      all
        .flatMap(({intent, allocated: requests}) =>
          requests.map(({id}) => `${intent.service.ref.name} ${id.replace(':8080/TCP', '')}`),
        )
        .sort()
    const inOrder = byService(evaluate(aSnapshot(services), options(overrides)))
    const reversed = byService(evaluate(aSnapshot([...services].reverse()), options(overrides)))
    assert.deepEqual(inOrder, reversed)
    return inOrder
  }

  it('do not conflict', () => {
    const both = [on('a', 2024, '192.0.2.1'), on('b', 2025, '192.0.2.2')]
    assert.deepEqual(allocated({listenAddresses}, ...both), ['a 192.0.2.1', 'b 192.0.2.2'])
    assert.deepEqual(allocated({}, ...both), ['a 192.0.2.1', 'b 192.0.2.2'])
    assert.deepEqual(outcome(aSnapshot(both), options({listenAddresses})).messages, [])
  })

  it('conflict if they are on the same address', () => {
    const services = [on('a', 2024), on('b', 2025, '192.0.2.2')]
    assert.deepEqual(allocated({listenAddresses}, ...services), ['a 192.0.2.1', 'a 192.0.2.2'])
    const younger = [on('a', 2026), on('b', 2025, '192.0.2.2')]
    assert.deepEqual(allocated({listenAddresses}, ...younger), ['a 192.0.2.1', 'b 192.0.2.2'])
  })

  it('conflict if one of them is on all addresses: the older Service keeps its listener', () => {
    const [all, one, other] = [on('all', 2025), on('one', 2024, '192.0.2.1'), on('other', 2026, '192.0.2.2')]
    assert.deepEqual(allocated({}, all, one), ['one 192.0.2.1'])
    assert.deepEqual(allocated({}, all, other), ['all 0.0.0.0'])
    assert.deepEqual(allocated({}, all, one, other), ['one 192.0.2.1', 'other 192.0.2.2'])
    const six = on('six', 2020, '2001:db8::1').with({ipFamilies: ['IPv6']})
    assert.deepEqual(allocated({}, all, six), ['all 0.0.0.0', 'six [2001:db8::1]'])
  })

  it('are both named by the diagnostic', () => {
    assert.deepEqual(
      outcome(aSnapshot([on('all', 2025), on('one', 2024, '192.0.2.1')]), options()).messages,
      [
        'port-conflict: 0.0.0.0:8080/TCP overlaps 192.0.2.1:8080/TCP, which is allocated to Service default/one (it is older); this port is not exposed',
      ],
    )
  })
})
