import assert from 'node:assert/strict'
import {allUpstreams, ownedListeners} from '../../../../src/core/model/owned-listeners.js'
import {balance, BY_WEIGHT, namesOf} from '../../../support/shared-listeners.js'

describe('the listeners of a load balancer', () => {
  const alone = {name: 'alone', endpoint: '10.1.0.9', wishes: [{}], listen: 80}
  const {loadBalancer} = balance(...BY_WEIGHT, alone)

  it('are listed with their owners, first those of single Services, then the shared ones', () => {
    assert.deepEqual(
      ownedListeners(loadBalancer).map(({listener, owners}) => [listener.key.port, namesOf(owners)]),
      [
        [80, ['alone']],
        [8443, ['blue', 'green']],
      ],
    )
  })

  it('have upstreams in the same order', () => {
    assert.deepEqual(
      allUpstreams(loadBalancer).map(({servers}) => servers[0]?.address),
      ['10.1.0.9', '10.1.0.2', '10.1.0.1'],
    )
  })
})
