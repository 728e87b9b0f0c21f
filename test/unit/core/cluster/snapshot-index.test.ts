import assert from 'node:assert/strict'
import {indexEndpoints} from '../../../../src/core/cluster/snapshot-index.js'
import {aService, aSlice, aSnapshot} from '../../../support/builders.js'

const web = aService('web').build()
const ofKindEndpoints = aSlice('web').with({ref: {kind: 'Endpoints', namespace: 'default', name: 'web'}})

describe('indexEndpoints', () => {
  it('finds all slices of a Service, only in its namespace', () => {
    const [a, b] = [aSlice('web').named('web-a').build(), aSlice('web').named('web-b').build()]
    const snapshot = aSnapshot([a, aSlice('web').inNamespace('other'), b, aSlice('api')])
    assert.deepEqual(indexEndpoints(snapshot)(web), [a, b])
  })

  it('falls back to Endpoints only if there is no slice', () => {
    assert.deepEqual(indexEndpoints(aSnapshot([ofKindEndpoints]))(web), [ofKindEndpoints.build()])
    const slice = aSlice('web')
    assert.deepEqual(indexEndpoints(aSnapshot([ofKindEndpoints, slice]))(web), [slice.build()])
  })

  it('returns an empty list if there is nothing', () => {
    assert.deepEqual(indexEndpoints(aSnapshot([]))(web), [])
  })

  it('handles names such as __proto__, and names with a slash', () => {
    const odd = aSlice('constructor').inNamespace('__proto__').build()
    const find = indexEndpoints(aSnapshot([odd]))
    assert.deepEqual(find(aService('constructor').inNamespace('__proto__').build()), [odd])
    assert.deepEqual(find(aService('toString').build()), [])
    const slashed = indexEndpoints(aSnapshot([aSlice('b/c').inNamespace('a')]))
    assert.deepEqual(slashed(aService('c').inNamespace('a/b').build()), [])
  })
})
