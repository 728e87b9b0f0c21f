import assert from 'node:assert/strict'
import {WildcardNote} from '../../../../src/cli/run/wildcard-note.js'
import type {WrittenTranslation} from '../../../../src/controller/reconcile.js'
import type {Service} from '../../../../src/core/cluster/objects.js'
import {aBalanced, poolsOf} from '../../../support/address-pools.js'
import {aService} from '../../../support/builders.js'
import {FakeLog} from '../../controller/fakes.js'
import {translationOf} from '../../publish/support.js'

describe('WildcardNote', () => {
  const pooled = aBalanced('shop').build()
  const plain = aService('web').port('http', 80, {listen: 8080}).build()
  const outcome = (services: readonly Service[], hostAddresses: readonly string[] = []) => {
    const pools = {addressPools: poolsOf({default: ['192.0.2.0/30']}, hostAddresses)}
    const listen = hostAddresses.length > 0 && {listenAddresses: {IPv4: hostAddresses, IPv6: []}}
    return {translation: translationOf(services, {...pools, ...listen}) as WrittenTranslation}
  }

  it('warns once, about the first such Service', () => {
    const log = new FakeLog()
    const wildcard = new WildcardNote(log)
    wildcard.note(outcome([pooled]))
    assert.deepEqual(log.said, [])
    for (let round = 0; round < 2; round += 1) wildcard.note(outcome([pooled, plain]))
    assert.deepEqual(log.said, [
      'warn a Service without an address of a pool takes its ports on all addresses of the pools',
    ])
  })

  it('says nothing if lbex listens on single addresses', () => {
    const log = new FakeLog()
    new WildcardNote(log).note(outcome([pooled, plain], ['203.0.113.7']))
    assert.deepEqual(log.said, [])
  })
})
