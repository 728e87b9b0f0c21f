import assert from 'node:assert/strict'
import {createEndpointIndexer} from '../../../../src/core/cluster/snapshot-index.js'
import type {ClusterSnapshot} from '../../../../src/core/cluster/snapshot.js'
import {anEndpoint, aService, aSlice, aSnapshot} from '../../../support/builders.js'

const web = aService('web').build()
const ofKindEndpoints = aSlice('web').with({ref: {kind: 'Endpoints', namespace: 'default', name: 'web'}})

const indexEndpoints = (snapshot: ClusterSnapshot) => createEndpointIndexer()(snapshot)

describe('createEndpointIndexer', () => {
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

  describe('after a change', () => {
    const [a, b] = [aSlice('web').named('web-a').build(), aSlice('web').named('web-b').build()]
    const other = aSlice('api').build()
    const find = (...snapshots: ClusterSnapshot[]) => {
      const index = createEndpointIndexer()
      return snapshots.map((snapshot) => index(snapshot)(web))
    }

    it('finds the new slice in the place of the old one', () => {
      const changed = aSlice('web').named('web-a').endpoints(anEndpoint('10.1.0.9')).build()
      assert.deepEqual(find(aSnapshot([a, other, b]), aSnapshot([changed, other, b])), [
        [a, b],
        [changed, b],
      ])
    })

    it('finds slices that changed places, came, went, or belong to another Service now', () => {
      const moved = aSlice('api').named('web-b').build()
      const snapshots = [[a, b], [b, a], [a, moved], [b], [b, a], [other]].map((slices) => aSnapshot(slices))
      assert.deepEqual(find(...snapshots), [[a, b], [b, a], [a], [b], [b, a], []])
    })

    it('finds many new slices', () => {
      const many = (address: string) =>
        Array.from({length: 150}, (_, index) =>
          aSlice('web').named(`web-${index}`).endpoints(anEndpoint(address)).build(),
        )
      const [before, after] = [many('10.1.0.1'), many('10.1.0.2')]
      assert.deepEqual(find(aSnapshot(before), aSnapshot(after)), [before, after])
    })
  })
})
