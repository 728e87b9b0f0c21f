import assert from 'node:assert/strict'
import type {ServingFlags} from '../../../../src/cli/flags/serving.js'
import {addressPools, refuseOverlaps} from '../../../../src/cli/run/address-pools.js'
import {UsageError} from '../../../../src/cli/usage-error.js'
import {poolsOf} from '../../../support/address-pools.js'
import {flagsOf} from './flags.js'

const pools = (...ranges: readonly string[]) => ranges.map((range) => `--address-pool=${range}`)

describe('the pools of --address-pool', () => {
  it('are none by default', async () => {
    assert.deepEqual(addressPools(await flagsOf<ServingFlags>()), poolsOf({}))
  })

  it('have all ranges of their name, in the order of the flags', async () => {
    const flags = await flagsOf<ServingFlags>(
      ...pools('b=192.0.2.0/28', '10.0.0.1-10.0.0.9', 'b=2001:db8::/120'),
      '--listen-address=0.0.0.0',
      '--listen-address=public=203.0.113.7',
    )
    assert.deepEqual(
      addressPools(flags),
      poolsOf({b: ['192.0.2.0/28', '2001:db8::/120'], default: ['10.0.0.1-10.0.0.9']}, ['203.0.113.7']),
    )
    assert.doesNotThrow(() => refuseOverlaps(flags))
  })

  it('must not have an address in common', async () => {
    const flags = await flagsOf<ServingFlags>(...pools('a=192.0.2.0/28', 'b=192.0.2.15'))
    assert.throws(
      () => refuseOverlaps(flags),
      new UsageError(
        '--address-pool 192.0.2.0/28 and 192.0.2.15 have addresses in common',
        'give each address to one range',
      ),
    )
  })

  it('must have an address', async () => {
    for (const range of ['192.0.2.9-192.0.2.1', '::ffff:192.0.2.0/120']) {
      const flags = await flagsOf<ServingFlags>(...pools(range))
      assert.throws(() => refuseOverlaps(flags), /has no address/)
    }
  })

  it('must not have an address that a Service cannot have', async () => {
    const flags = await flagsOf<ServingFlags>(...pools('::/64'))
    assert.throws(
      () => refuseOverlaps(flags),
      new UsageError(
        '--address-pool ::/64 has addresses that a Service cannot have: ::',
        'leave them out, for example with a range FIRST-LAST',
      ),
    )
  })

  it('must not have an address of --listen-address', async () => {
    const flags = await flagsOf<ServingFlags>(...pools('2001:db8::/120'), '--listen-address=2001:db8::7')
    assert.throws(() => refuseOverlaps(flags), /--listen-address 2001:db8::7 is in an --address-pool/)
  })
})
