import assert from 'node:assert/strict'
import {aBalanced, allocate, type Given} from '../../../support/address-pools.js'

const [web, shop, mail] = ['web', 'shop', 'mail'].map((name, index) =>
  aBalanced(name, 80 + index).created(`2026-01-0${index + 1}T00:00:00Z`),
) as [ReturnType<typeof aBalanced>, ReturnType<typeof aBalanced>, ReturnType<typeof aBalanced>]

const FOLLOWS = {allocates: false}
const states = (address: string): Record<string, string> => ({'listen-address': address})

describe('allocateAddresses', () => {
  it('gives the lowest free address to the oldest Service, whatever the order', () => {
    const expected = {web: ['192.0.2.0'], shop: ['192.0.2.1'], mail: ['192.0.2.2']}
    assert.deepEqual(allocate([web.build(), shop.build(), mail.build()]), expected)
    assert.deepEqual(allocate([mail.build(), shop.build(), web.build()]), expected)
  })

  it('decides by namespace and name between Services of the same age', () => {
    const [a, b] = [aBalanced('a').inNamespace('x'), aBalanced('b').inNamespace('w')]
    assert.deepEqual(allocate([a.build(), b.build()]), {a: ['192.0.2.1'], b: ['192.0.2.0']})
  })

  it('gives back nothing that the status has, and fills the gaps', () => {
    const status = {mail: ['192.0.2.0'], web: ['192.0.2.2']}
    assert.deepEqual(allocate([web.build(), shop.build(), mail.build()], {status}), {
      web: ['192.0.2.2'],
      shop: ['192.0.2.1'],
      mail: ['192.0.2.0'],
    })
  })

  it('goes through the ranges from the lowest address', () => {
    const pools = {default: ['198.51.100.1', '192.0.2.9-192.0.2.10']}
    assert.deepEqual(allocate([web.build(), shop.build(), mail.build()], {pools}), {
      web: ['192.0.2.9'],
      shop: ['192.0.2.10'],
      mail: ['198.51.100.1'],
    })
  })

  it('skips addresses of hosts', () => {
    const state = {hosts: new Set(['192.0.2.0', '192.0.2.1'])}
    assert.deepEqual(allocate([web.build()], {state}), {web: ['192.0.2.2']})
  })

  it('takes the first pool, or the one that the Service names', () => {
    const pools = {first: ['192.0.2.0/30'], second: ['198.51.100.0/30']}
    const named = shop.annotated({'address-pool': 'second'}).build()
    assert.deepEqual(allocate([web.build(), named], {pools}), {web: ['192.0.2.0'], shop: ['198.51.100.0']})
  })

  it('reports a pool that is used up, for the youngest Service', () => {
    const pools = {default: ['192.0.2.0/31']}
    assert.deepEqual(allocate([mail.build(), web.build(), shop.build()], {pools}), {
      mail: ['address-pool-exhausted'],
      web: ['192.0.2.0'],
      shop: ['192.0.2.1'],
    })
  })
})

describe('a stated address', () => {
  it('is used if it is free, and no other Service gets it', () => {
    const services = [web.build(), shop.annotated(states('192.0.2.0')).build()]
    assert.deepEqual(allocate(services), {web: ['192.0.2.1'], shop: ['192.0.2.0']})
  })

  it('is not that of a host', () => {
    const state = {hosts: new Set(['192.0.2.5'])}
    const services = [web.annotated(states('192.0.2.5')).build()]
    assert.deepEqual(allocate(services, {state}), {web: ['address-taken']})
  })

  it('may be in spec.loadBalancerIP', () => {
    assert.deepEqual(allocate([web.with({loadBalancerIP: '192.0.2.5'}).build()]), {web: ['192.0.2.5']})
  })

  it('replaces the address in the status', () => {
    const status = {web: ['192.0.2.1']}
    assert.deepEqual(allocate([web.annotated(states('192.0.2.5')).build()], {status}), {web: ['192.0.2.5']})
  })

  it('does not take the address of a Service that has it, even of a younger one', () => {
    const status = {shop: ['192.0.2.1']}
    assert.deepEqual(allocate([web.annotated(states('192.0.2.1')).build(), shop.build()], {status}), {
      web: ['address-taken'],
      shop: ['192.0.2.1'],
    })
  })

  it('goes to the oldest of the Services that state it', () => {
    const services = [shop, web].map((service) => service.annotated(states('192.0.2.3')).build())
    assert.deepEqual(allocate(services), {shop: ['address-taken'], web: ['192.0.2.3']})
  })

  const WRONG: Readonly<Record<string, readonly [text: string, code: string]>> = {
    'is outside of the pool': ['192.0.2.8', 'address-outside-pool'],
    'is one of several': ['192.0.2.1, 192.0.2.2', 'address-unusable'],
    'is the name of an address of the host': ['outside, 192.0.2.3', 'address-outside-pool'],
    'is of a family that the Service does not have': ['2001:db8::1', 'address-unusable'],
  }
  for (const [what, [text, code]] of Object.entries(WRONG)) {
    it(`gives the Service no address if it ${what}`, () => {
      const status = {web: ['192.0.2.1']}
      assert.deepEqual(allocate([web.annotated(states(text)).build()], {status}), {web: [code]})
    })
  }
})

describe('an address in the status', () => {
  it('stays with the oldest Service if several have it; the others get another one', () => {
    const status = {web: ['192.0.2.1'], shop: ['192.0.2.1'], mail: ['192.0.2.1']}
    assert.deepEqual(allocate([mail.build(), shop.build(), web.build()], {status}), {
      mail: ['192.0.2.2'],
      shop: ['192.0.2.0'],
      web: ['192.0.2.1'],
    })
  })

  it('is kept, but not listened on, if it is no longer in a pool', () => {
    const status = {web: ['203.0.113.1']}
    assert.deepEqual(allocate([web.build()], {status}), {web: ['203.0.113.1', 'address-outside-pool']})
  })

  it('does not count if it is of a host: it was written before there were pools', () => {
    const status = {web: ['203.0.113.1', '203.0.113.2']}
    const given: Given = {status, state: {hosts: new Set(['203.0.113.2'])}}
    assert.deepEqual(allocate([web.build()], given), {web: ['192.0.2.0']})
  })

  it('is replaced by a stated one if it is no longer in a pool', () => {
    const status = {web: ['203.0.113.1']}
    assert.deepEqual(allocate([web.annotated(states('192.0.2.4')).build()], {status}), {web: ['192.0.2.4']})
  })

  it('is given back if the Service names another pool, and only then', () => {
    const given = {
      pools: {first: ['192.0.2.0/30'], second: ['198.51.100.0/30']},
      status: {web: ['198.51.100.2'], shop: ['198.51.100.3']},
    }
    const named = shop.annotated({'address-pool': 'first'}).build()
    assert.deepEqual(allocate([web.build(), named], given), {web: ['198.51.100.2'], shop: ['192.0.2.0']})
  })

  it('comes before a choice of this lbex, which counts while the status has no address', () => {
    const chosen = new Map([
      ['default/web', ['192.0.2.6']],
      ['default/shop', ['192.0.2.5']],
    ])
    const status = {web: ['192.0.2.4']}
    assert.deepEqual(allocate([web.build(), shop.build()], {status, state: {chosen}}), {
      web: ['192.0.2.4'],
      shop: ['192.0.2.5'],
    })
  })
})

describe('a choice of this lbex', () => {
  it('does not take the address that another Service has in its status', () => {
    const chosen = new Map([['default/web', ['192.0.2.6']]])
    const given = {status: {shop: ['192.0.2.6']}, state: {chosen}}
    assert.deepEqual(allocate([web.build(), mail.build(), shop.build()], given), {
      web: ['192.0.2.0'],
      mail: ['192.0.2.1'],
      shop: ['192.0.2.6'],
    })
  })
})

describe('a Service whose request is not valid', () => {
  const status = {web: ['192.0.2.0'], shop: ['192.0.2.0', '203.0.113.7']}
  const MISTAKES: readonly Record<string, string>[] = [
    {'address-pool': 'publik'},
    {'address-sharing': 'a b'},
    {'listen-address': 'x/y'},
  ]

  it('keeps the address in its status, and no other Service gets it', () => {
    for (const mistake of MISTAKES)
      for (const state of [{}, FOLLOWS]) {
        const services = [web.annotated(mistake).build(), mail.annotated(states('192.0.2.0')).build()]
        assert.deepEqual(allocate(services, {status: {web: ['192.0.2.0']}, state}), {
          web: ['192.0.2.0'],
          mail: [state === FOLLOWS ? 'address-pending' : 'address-taken'],
        })
      }
  })

  it('does not keep an address of a host, or one that another Service has', () => {
    const services = [web.build(), shop.annotated({'address-pool': 'publik'}).build()]
    const state = {hosts: new Set(['203.0.113.7'])}
    assert.deepEqual(allocate(services, {status, state}), {web: ['192.0.2.0'], shop: []})
    const older = [web.annotated({'address-pool': 'publik'}).build(), shop.build()]
    assert.deepEqual(allocate(older, {status, state}), {web: [], shop: ['192.0.2.0']})
  })

  it('is given its address again when it is fixed', () => {
    const broken = [web.annotated({'address-pool': 'publik'}).build(), mail.build()]
    const before = allocate(broken, {status: {web: ['192.0.2.3']}})
    assert.deepEqual(allocate([web.build(), mail.build()], {status: before}), {
      web: ['192.0.2.3'],
      mail: ['192.0.2.0'],
    })
  })
})

describe('a host that does not allocate', () => {
  it('follows the status, and waits for the addresses of other Services', () => {
    const given = {status: {web: ['192.0.2.3']}, state: FOLLOWS}
    assert.deepEqual(allocate([web.build(), shop.build()], given), {
      web: ['192.0.2.3'],
      shop: ['address-pending'],
    })
  })

  it('follows it also while the Service states or names something else', () => {
    const given = {
      pools: {first: ['192.0.2.0/30'], second: ['198.51.100.0/30']},
      status: {web: ['192.0.2.1'], shop: ['198.51.100.1']},
      state: FOLLOWS,
    }
    const services = [web.annotated(states('192.0.2.2')), shop.annotated({'address-pool': 'first'})]
    assert.deepEqual(
      allocate(
        services.map((service) => service.build()),
        given,
      ),
      {web: ['192.0.2.1'], shop: ['198.51.100.1']},
    )
  })

  it('waits while the hosts are not known: the address may be of one of them', () => {
    const {state, ...status} = {status: {web: ['203.0.113.1']}, state: {allocates: false, chosen: new Map()}}
    assert.deepEqual(allocate([web.build()], {...status, state: {...state, hosts: undefined}}), {
      web: ['address-pending'],
    })
  })
})

describe('two families', () => {
  const pools = {default: ['192.0.2.0/30', '2001:db8::/126']}
  const dual = web.with({ipFamilies: ['IPv4', 'IPv6']})

  it('get one address each, independently of each other', () => {
    assert.deepEqual(allocate([dual.build()], {pools}), {web: ['192.0.2.0', '2001:db8::']})
    const status = {web: ['2001:db8::2']}
    assert.deepEqual(allocate([dual.build()], {pools, status}), {web: ['192.0.2.0', '2001:db8::2']})
  })

  it('keep an address of which the pool has no family any more', () => {
    const status = {web: ['192.0.2.1', '2001:db8::1']}
    assert.deepEqual(allocate([dual.build()], {status}), {
      web: ['192.0.2.1', '2001:db8::1', 'address-outside-pool'],
    })
    const only = {status: {web: ['2001:db8::1']}, state: FOLLOWS}
    assert.deepEqual(allocate([web.with({ipFamilies: ['IPv6']}).build()], only), {
      web: ['2001:db8::1', 'address-outside-pool'],
    })
  })

  it('get only those that the pool has', () => {
    assert.deepEqual(allocate([dual.build()]), {web: ['192.0.2.0']})
    assert.deepEqual(allocate([web.with({ipFamilies: ['IPv6']}).build()]), {web: []})
  })

  it('lose only the one that is used up', () => {
    const small = {default: ['192.0.2.0/30', '2001:db8::1']}
    const status = {shop: ['2001:db8::1']}
    const other = shop.with({ipFamilies: ['IPv6']}).build()
    assert.deepEqual(allocate([dual.build(), other], {pools: small, status}), {
      web: ['192.0.2.0', 'address-pool-exhausted'],
      shop: ['2001:db8::1'],
    })
  })

  it('are those of the stated address or of the pool if they are not known', () => {
    const bare = web.bare()
    assert.deepEqual(allocate([bare.build()], {pools}), {web: ['192.0.2.0']})
    assert.deepEqual(allocate([bare.annotated(states('2001:db8::2')).build()], {pools}), {
      web: ['2001:db8::2'],
    })
    assert.deepEqual(allocate([bare.build()], {pools: {default: ['2001:db8::/126']}}), {web: ['2001:db8::']})
    const known = bare.with({clusterIPs: ['fd00::1']}).build()
    assert.deepEqual(allocate([known], {pools}), {web: ['2001:db8::']})
  })
})
