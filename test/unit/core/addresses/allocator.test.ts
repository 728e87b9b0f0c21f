import assert from 'node:assert/strict'
import {ALLOCATE_ALL} from '../../../../src/core/addresses/allocation-state.js'
import {createAddressAllocator} from '../../../../src/core/addresses/allocator.js'
import type {ServiceIntent} from '../../../../src/core/intent/service-intent.js'
import {readIntent} from '../../../../src/core/intent/intent.js'
import {DEFAULT_INTENT_OPTIONS} from '../../../../src/core/intent/options.js'
import {DEFAULT_MODEL_OPTIONS} from '../../../../src/core/model/options.js'
import {aBalanced, poolsOf} from '../../../support/address-pools.js'

const options = {
  ...DEFAULT_INTENT_OPTIONS,
  ...DEFAULT_MODEL_OPTIONS,
  addressPools: poolsOf({default: ['192.0.2.0/30']}),
}

function intentOf(name: string): ServiceIntent {
  const {intent} = readIntent(aBalanced(name).build(), options)
  assert.ok(intent)
  return intent
}

describe('createAddressAllocator', () => {
  const [a, b] = [intentOf('a'), intentOf('b')]

  it('returns the same object while nothing changes', () => {
    const assign = createAddressAllocator(options)
    const status = new Map([['default/b', ['192.0.2.3']]])
    const first = assign([a, b], status, ALLOCATE_ALL)
    assert.equal(assign([a, b], status, ALLOCATE_ALL), first)
    assert.notEqual(assign([a, b], new Map(status), ALLOCATE_ALL), first)
  })

  it('keeps the assignments that stay equal, with and without problems', () => {
    const assign = createAddressAllocator(options)
    const lost = new Map([['default/b', ['203.0.113.1']]])
    const first = assign([a, b], lost)
    const second = assign([a, b], new Map(lost))
    for (const index of [0, 1]) assert.equal(second[index], first[index])
    const third = assign([a, b], new Map([['default/a', ['192.0.2.0']]]))
    for (const index of [0, 1]) assert.notEqual(third[index], second[index])
  })

  it('notices what a Service with a request that is not valid keeps no longer', () => {
    const assign = createAddressAllocator(options)
    const closed: ServiceIntent = {...b, pool: 'invalid'}
    const had: readonly string[] = ['192.0.2.1']
    const before = assign([a, closed], new Map([['default/b', had]]))
    assert.deepEqual(before[1]?.kept, had)
    const taken = new Map([
      ['default/a', had],
      ['default/b', had],
    ])
    const after = assign([a, closed], taken)
    assert.deepEqual([after[0]?.addresses.IPv4, after[1]?.kept], [had, []])
    assert.equal(assign([a, closed], new Map(taken))[1], after[1])
  })

  it('notices that a Service is gone', () => {
    const assign = createAddressAllocator(options)
    assert.deepEqual(assign([a, b])[1]?.addresses.IPv4, ['192.0.2.1'])
    assert.deepEqual(assign([b])[0]?.addresses.IPv4, ['192.0.2.0'])
  })

  it('gives no address without pools, and to no Service that requests none', () => {
    assert.equal(createAddressAllocator({...options, addressPools: 'unknown'})([a]).length, 0)
    assert.equal(createAddressAllocator({...options, addressPools: poolsOf({})})([a]).length, 0)
    assert.deepEqual(createAddressAllocator(options)([{...a, pool: 'none'}, undefined]), [
      undefined,
      undefined,
    ])
  })

  it('fails for an intent that was read with other pools', () => {
    const assign = createAddressAllocator(options)
    assert.throws(() => assign([{...a, pool: {pool: 'other'}}]), /there is no address pool other/)
  })
})
