import assert from 'node:assert/strict'
import {keepUnchanged} from '../../../../src/core/model/share-listeners.js'
import {
  balance,
  BY_NAME,
  BY_WEIGHT,
  forName,
  namesOf,
  weighted,
  type Applicant,
  type Wish,
} from '../../../support/shared-listeners.js'
import {listenerSettings} from '../../../support/builders.js'

const wants = (name: string, ...wishes: readonly Wish[]): Applicant => ({
  name,
  endpoint: '10.1.0.1',
  wishes,
})
/** The oldest of all, with a port that is closed. */
const closedPort = (wish: Wish): Applicant => ({name: 'a', created: 2025, wishes: [{...wish, closed: true}]})
/** The owners of each shared listener, and the messages about rejected requests. */
const shared = (...applicants: readonly Applicant[]) => {
  const {loadBalancer, allocation} = balance(...applicants)
  return [
    loadBalancer.shared.map(({owners}) => namesOf(owners)),
    allocation.diagnostics.map(
      ({object, code, related}) => `${object.name}: ${code} with ${related?.[0]?.object.name}`,
    ),
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

  it('may be shared by SNI name, with one Service for all other connections', () => {
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
        ['*', 'rest', 443],
      ],
    )
  })

  it('has the same routes whatever the order of the Services', () => {
    assert.deepEqual(balance(...[...BY_NAME].reverse()).loadBalancer, balance(...BY_NAME).loadBalancer)
  })

  it('has separate upstreams, so that its file does not depend on the file of a Service', () => {
    const [blue, green] = BY_WEIGHT as [Applicant, Applicant]
    const two = {...blue, wishes: [weighted(3), weighted(2)]}
    const {loadBalancer} = balance(two, green, {...blue, name: 'alone', listen: 8444})
    const names = [...loadBalancer.services, ...loadBalancer.shared].flatMap(({upstreams}) =>
      upstreams.map(({name}) => name),
    )
    assert.match(names[0] ?? '', /^[0-9a-f]{12}_8444_tcp_ipv4$/)
    for (const name of names.slice(1)) assert.match(name, /^[0-9a-f]{12}_8443_tcp_ipv4(_444)?_[0-9a-f]{12}$/)
  })

  it('rejects the share of a Service without a backend', () => {
    const [blue, green] = BY_WEIGHT as [Applicant, Applicant]
    const {endpoint: _, ...without} = blue
    const {loadBalancer} = balance(without, green)
    assert.deepEqual(
      loadBalancer.shared.map(({owners, listener, upstreams}) => [
        namesOf(owners),
        listener.routes.map((route) => [route.owner.name, route.upstreams.length, route.rejected]),
        upstreams.length,
      ]),
      [
        [
          ['green'],
          [
            ['blue', 0, 3],
            ['green', 1, undefined],
          ],
          1,
        ],
      ],
    )
    const {endpoint: __, ...neither} = green
    assert.deepEqual(balance(without, neither).loadBalancer, {services: [], shared: []})
  })

  it('gives nothing to a Service with weight 0, which is still an owner', () => {
    const [blue, green] = BY_WEIGHT as [Applicant, Applicant]
    const [only] = balance({...blue, wishes: [weighted(0)]}, green).loadBalancer.shared
    assert.deepEqual(namesOf(only?.owners ?? []), ['blue', 'green'])
    assert.deepEqual(
      only?.listener.routes.map(({upstreams, rejected}) => [upstreams.length, rejected]),
      [
        [0, undefined],
        [1, undefined],
      ],
    )
    assert.equal(only?.upstreams.length, 1)
  })

  it('does not exist if all weights are 0', () => {
    const both = BY_WEIGHT.map((each) => ({...each, wishes: [weighted(0)]}))
    assert.deepEqual(balance(...both).loadBalancer, {services: [], shared: []})
  })

  it('rejects a name whose Service has no backend, instead of giving it to a wildcard', () => {
    const [api, ...others] = BY_NAME as [Applicant, ...Applicant[]]
    const {endpoint: _, ...without} = api
    const [only] = balance(without, ...others).loadBalancer.shared
    assert.deepEqual(
      only?.listener.routes.map(({owner, rejected}) => [owner.name, rejected]),
      [
        ['www', undefined],
        ['api', 9],
        ['api', 1],
        ['rest', undefined],
      ],
    )
  })

  it('has the source ranges of each route if they differ, else those of all', () => {
    const ranges = (...sourceRanges: string[]) => listenerSettings({sourceRanges})
    const of = (...settings: ReturnType<typeof listenerSettings>[]) => {
      const wishes = settings.map((each, index) => ({...forName(`${index}.example`), settings: each}))
      const [only] = balance(...wishes.map((wish, index) => wants(`s${index}`, wish))).loadBalancer.shared
      return [only?.listener.settings, only?.listener.routes.map(({sourceRanges}) => sourceRanges)]
    }
    assert.deepEqual(of(ranges('10.0.0.0/8'), ranges('10.0.0.0/8')), [
      ranges('10.0.0.0/8'),
      [undefined, undefined],
    ])
    assert.deepEqual(of(ranges('10.0.0.0/8'), listenerSettings(), ranges()), [
      listenerSettings(),
      [['10.0.0.0/8'], undefined, []],
    ])
  })

  it('is not shared if all its routes belong to one Service', () => {
    const {loadBalancer} = balance(wants('a', forName('x.example'), forName('y.example')))
    assert.deepEqual(loadBalancer.shared, [])
    assert.equal(loadBalancer.services[0]?.listeners[0]?.routes.length, 2)
  })
})

describe('requests that conflict', () => {
  it('are a request for all traffic, and any other that is not of its group', () => {
    assert.deepEqual(
      shared(wants('a', {}), wants('b', {}), wants('c', weighted(1)), wants('d', forName('x'))),
      [[], ['b: port-conflict with a', 'c: port-conflict with a', 'd: port-conflict with a']],
    )
    assert.deepEqual(
      shared(wants('a', weighted(1)), wants('b', {}), wants('c', weighted(1)), wants('d', forName('x'))),
      [[['a', 'c']], ['b: port-conflict with a', 'd: port-conflict with a']],
    )
    const other: Wish = {share: {group: 'other/group', weight: 1}}
    assert.deepEqual(shared(wants('a', weighted(1)), wants('b', other)), [[], ['b: port-conflict with a']])
    assert.deepEqual(shared(wants('a', forName('*')), wants('b', weighted(1))), [
      [],
      ['b: port-conflict with a'],
    ])
  })

  it('are requests for the same name that are not of one group', () => {
    assert.deepEqual(shared(wants('a', forName('x')), wants('b', forName('x')), wants('c', forName('y'))), [
      [['a', 'c']],
      ['b: host-conflict with a'],
    ])
    assert.deepEqual(
      shared(wants('a', forName('x', 1)), wants('b', forName('x')), wants('c', forName('x', 1))),
      [[['a', 'c']], ['b: host-conflict with a']],
    )
    assert.deepEqual(shared(wants('a', forName('*')), wants('b', forName('*'))), [
      [],
      ['b: host-conflict with a'],
    ])
  })

  it('are requests with different settings', () => {
    const settings = listenerSettings({transparent: true})
    assert.deepEqual(shared(wants('a', weighted(1)), wants('b', {...weighted(1), settings})), [
      [],
      ['b: shared-settings-differ with a'],
    ])
    assert.deepEqual(shared(wants('a', forName('x')), wants('b', {...forName('y'), settings})), [
      [],
      ['b: shared-settings-differ with a'],
    ])
  })

  it('are not requests with other settings than those of a closed port, which keeps only its names', () => {
    const settings = listenerSettings({transparent: true})
    const closed = closedPort(forName('x'))
    assert.deepEqual(
      shared(closed, wants('b', {...forName('y'), settings}), wants('c', {...forName('z'), settings})),
      [[['b', 'c']], []],
    )
    assert.deepEqual(shared(closed, wants('b', {...forName('y'), settings}), wants('c', forName('z'))), [
      [['b']],
      ['c: shared-settings-differ with b'],
    ])
    assert.deepEqual(shared(closed, wants('b', forName('x'))), [[], ['b: host-conflict with a']])
  })

  it('are requests for the same traffic with different source ranges, also beside a closed port', () => {
    const ranges = (range: string) => ({settings: listenerSettings({sourceRanges: [range]})})
    const closed = closedPort(forName('x', 1))
    const [other, b, c] = [
      wants('0', forName('y')),
      wants('b', {...forName('x', 1), ...ranges('10.0.0.0/8')}),
      wants('c', {...forName('x', 1), ...ranges('192.0.2.0/24')}),
    ]
    assert.deepEqual(shared(closed, other, b, c), [[['0', 'b']], ['c: shared-settings-differ with b']])
  })

  it('are requests for the same traffic with different source ranges', () => {
    const settings = listenerSettings({sourceRanges: ['10.0.0.0/8']})
    const conflict = [[], ['b: shared-settings-differ with a']]
    assert.deepEqual(shared(wants('a', weighted(1)), wants('b', {...weighted(1), settings})), conflict)
    assert.deepEqual(
      shared(wants('a', forName('x', 1)), wants('b', {...forName('x', 1), settings})),
      conflict,
    )
    assert.deepEqual(shared(wants('a', forName('x')), wants('b', {...forName('y'), settings})), [
      [['a', 'b']],
      [],
    ])
  })

  it('are resolved by precedence', () => {
    const young = wants('a', weighted(1))
    assert.deepEqual(shared(young, {...wants('b', {}), created: 2025}), [[], ['a: port-conflict with b']])
    const older = {...wants('b', forName('x')), created: 2025}
    assert.deepEqual(shared(wants('a', forName('x'), forName('y')), older), [
      [['a', 'b']],
      ['a: host-conflict with b'],
    ])
  })
})

describe('a wildcard', () => {
  const of = (namespace: string, applicant: Applicant): Applicant => ({...applicant, namespace})

  it('reserves the names below it from Services of other namespaces', () => {
    const wildcard = of('one', wants('a', forName('*.x')))
    for (const name of ['b.x', 'c.b.x', '*.b.x'])
      assert.deepEqual(shared(wildcard, of('two', wants('b', forName(name)))), [
        [],
        ['b: host-conflict with a'],
      ])
    for (const name of ['x', 'b.y', '*.y', '*'])
      assert.deepEqual(shared(wildcard, of('two', wants('b', forName(name)))), [[['a', 'b']], []])
  })

  it('does not reserve names below an older wildcard that is longer', () => {
    const older = {...of('two', wants('a', forName('*.b.x'))), created: 2025}
    const wildcard = of('one', wants('b', forName('*.x')))
    assert.deepEqual(shared(wildcard, older, of('two', wants('c', forName('c.b.x')))), [
      [['b', 'a', 'c']],
      [],
    ])
  })

  it('leaves names to Services of its namespace, and to older ones', () => {
    const wildcard = of('one', wants('a', forName('*.x')))
    assert.deepEqual(shared(wildcard, of('one', wants('b', forName('b.x')))), [[['a', 'b']], []])
    const older = {...of('two', wants('b', forName('b.x'))), created: 2025}
    assert.deepEqual(shared(wildcard, older), [[['a', 'b']], []])
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
