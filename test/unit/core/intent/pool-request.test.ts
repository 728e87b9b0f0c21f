import assert from 'node:assert/strict'
import type {Service} from '../../../../src/core/cluster/objects.js'
import {readListenAddresses} from '../../../../src/core/intent/listen-addresses.js'
import {DEFAULT_INTENT_OPTIONS} from '../../../../src/core/intent/options.js'
import {readPoolRequest, type PoolOptions} from '../../../../src/core/intent/pool-request.js'
import type {Diagnostic} from '../../../../src/diagnostics/diagnostic.js'
import {reporter} from '../../../../src/diagnostics/reporter.js'
import {aBalanced, poolsOf} from '../../../support/address-pools.js'
import {aService} from '../../../support/builders.js'

const POOLS = poolsOf({public: ['192.0.2.0/28'], inside: ['10.0.0.0/28']}, ['203.0.113.7'])

function read(service: Service, addressPools: PoolOptions['addressPools'] = POOLS) {
  const found: Diagnostic[] = []
  const report = reporter(service, found)
  const options = {...DEFAULT_INTENT_OPTIONS, addressPools}
  const addresses = readListenAddresses(service, options, () => {})
  return {pool: readPoolRequest(service, addresses, options, report), codes: found.map(({code}) => code)}
}

const field = (key: string) => ['metadata', 'annotations', `loadbalancer.lbex/${key}`]
const web = aBalanced('web')

describe('readPoolRequest', () => {
  it('is an address of the first pool, or of the named one', () => {
    assert.deepEqual(read(web.build()), {pool: {}, codes: []})
    assert.deepEqual(read(web.annotated({'address-pool': 'inside'}).build()).pool, {pool: 'inside'})
  })

  it('has the key with the namespace, and the stated addresses', () => {
    const service = web.annotated({'address-sharing': 'a.b', 'listen-address': '192.0.2.3'})
    assert.deepEqual(read(service.build()).pool, {
      sharing: 'default/a.b',
      stated: {entries: ['192.0.2.3'], field: field('listen-address')},
    })
    assert.deepEqual(read(web.with({loadBalancerIP: '192.0.2.4'}).build()).pool, {
      stated: {entries: ['192.0.2.4'], field: ['spec', 'loadBalancerIP']},
    })
  })

  it('is none for a Service that selects addresses of the host, unless it names a pool', () => {
    for (const address of ['203.0.113.7', 'outside', '0.0.0.0', '203.0.113.7,outside'])
      assert.equal(read(web.annotated({'listen-address': address}).build()).pool, 'none')
    const both = web.annotated({'listen-address': '203.0.113.7', 'address-pool': 'public'}).build()
    assert.equal(typeof read(both).pool, 'object')
  })

  it('is of a pool if one of the addresses is, so that the Service cannot take it from another one', () => {
    const mixed = web.annotated({'listen-address': '192.0.2.1,outside'}).build()
    assert.deepEqual(read(mixed).pool, {
      stated: {entries: ['192.0.2.1', 'outside'], field: field('listen-address')},
    })
  })

  it('is invalid if another Service than one of type LoadBalancer states an address of a pool', () => {
    for (const address of ['192.0.2.3', '203.0.113.7,::ffff:192.0.2.3'])
      assert.deepEqual(read(aService().annotated({'listen-address': address}).build()), {
        pool: 'invalid',
        codes: ['address-pool-type'],
      })
    const other = aService().annotated({'listen-address': '203.0.113.7'}).build()
    assert.deepEqual(read(other), {pool: 'none', codes: []})
  })

  it('says that the annotation takes precedence over spec.loadBalancerIP', () => {
    const both = web.annotated({'listen-address': '192.0.2.3'}).with({loadBalancerIP: '192.0.2.4'})
    assert.deepEqual(read(both.build()).codes, ['field-ignored'])
    assert.deepEqual(read(both.with({loadBalancerIP: '192.0.2.3'}).build()).codes, [])
  })

  it('is invalid if the listen address is not valid, which is reported already', () => {
    assert.deepEqual(read(web.annotated({'listen-address': 'x/y'}).build()), {pool: 'invalid', codes: []})
  })

  it('is none for a Service whose load balancer is not lbex, and invalid if it names a pool', () => {
    for (const service of [aService(), aService().with({type: 'LoadBalancer'})]) {
      assert.deepEqual(read(service.build()), {pool: 'none', codes: []})
      assert.deepEqual(read(service.annotated({'address-pool': 'public'}).build()), {
        pool: 'invalid',
        codes: ['address-pool-type'],
      })
      assert.deepEqual(read(service.annotated({'address-sharing': 'x'}).build()), {
        pool: 'none',
        codes: ['address-sharing-unused'],
      })
    }
  })

  it('is invalid for an unknown pool, and for a key that is not valid', () => {
    assert.deepEqual(read(web.annotated({'address-pool': 'publik'}).build()), {
      pool: 'invalid',
      codes: ['address-pool-unknown'],
    })
    assert.deepEqual(read(web.annotated({'address-sharing': 'a b'}).build()), {
      pool: 'invalid',
      codes: ['address-sharing-invalid'],
    })
  })

  it('is none without pools, and invalid if the Service names one', () => {
    const without = poolsOf({})
    assert.deepEqual(read(web.build(), without), {pool: 'none', codes: []})
    const service = web.annotated({'address-pool': 'public', 'address-sharing': 'x'}).build()
    assert.deepEqual(read(service, without), {
      pool: 'invalid',
      codes: ['address-sharing-unused', 'address-pool-unknown'],
    })
  })

  it('is unknown if the pools are, and the Service names one', () => {
    assert.deepEqual(read(web.build(), 'unknown'), {pool: 'none', codes: []})
    assert.deepEqual(read(web.annotated({'address-pool': 'any'}).build(), 'unknown'), {
      pool: 'unknown',
      codes: [],
    })
  })
})
