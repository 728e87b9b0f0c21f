import assert from 'node:assert/strict'
import {describeStaleness, stalenessOf} from '../../../src/controller/staleness.js'
import {Failure} from '../../../src/diagnostics/failure.js'

const kind = (name: string, age: number | undefined) => ({kind: name, age, lists: 1, watches: 1})

describe('stalenessOf', () => {
  it('is not stale if every kind is up to date, or if nothing is watched', () => {
    for (const freshness of [[], [kind('Service', 120_000), kind('Node', 5)]]) {
      const staleness = stalenessOf(freshness, 120_000)
      assert.deepEqual([staleness.stale, describeStaleness(staleness)], [false, undefined])
    }
    assert.equal(stalenessOf([], 120_000).age, 0)
  })

  it('names the stale kinds, their age and the reason', () => {
    const failure = new Failure('cannot reach the API server', {code: 'api-refused', temporary: true})
    const freshness = [
      {...kind('Service', 125_400), failure},
      kind('EndpointSlice', 130_000),
      kind('Node', 60_000),
    ]
    const staleness = stalenessOf(freshness, 120_000)
    assert.deepEqual([staleness.stale, staleness.age], [true, 130_000])
    assert.equal(
      describeStaleness(staleness),
      'stale: no updates of Service, EndpointSlice for 130 s (cannot reach the API server)',
    )
  })

  it('counts from the start for a kind that was never read, except for nodes that lbex may not read', () => {
    const failure = new Failure('not allowed', {code: 'api-forbidden'})
    const waiting = {...kind('Service', undefined), waiting: 130_000, failure}
    assert.deepEqual(stalenessOf([waiting], 120_000), {stale: true, age: 130_000, kinds: [waiting]})
    assert.deepEqual(stalenessOf([{...waiting, kind: 'Node'}], 120_000), {stale: false, age: 0, kinds: []})
    assert.deepEqual(stalenessOf([{...waiting, waiting: 10}], 120_000).stale, false)
  })
})
