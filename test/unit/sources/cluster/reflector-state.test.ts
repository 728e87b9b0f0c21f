import assert from 'node:assert/strict'
import {
  isPositionLost,
  openFor,
  stateAfter,
  type ActiveState,
} from '../../../../src/sources/cluster/reflector-state.js'
import {failing} from './scripted-access.js'

describe('sources/cluster/reflector-state', () => {
  const position = {resourceVersion: '10', fruitless: 1}
  const watching: ActiveState = {name: 'watching', position, resumed: false}
  const verifying: ActiveState = {name: 'verifying', position}
  const listing: ActiveState = {name: 'listing'}
  const good = {lasted: 30_000, failure: undefined}
  const cut = {lasted: 30_000, failure: failing('api-connection')}

  it('resumes at the position after a watch that ended regularly', () => {
    assert.deepEqual(stateAfter(watching, good), {name: 'watching', position, resumed: true})
  })

  it('verifies the history after any other end', () => {
    assert.deepEqual(stateAfter(watching, cut), verifying)
    assert.deepEqual(stateAfter(watching, {...good, lasted: 29_999}), verifying)
    assert.deepEqual(stateAfter(verifying, cut), verifying)
    for (const status of [401, 429, 500])
      assert.deepEqual(stateAfter(watching, {lasted: 0, failure: failing('api-error', {status})}), verifying)
  })

  it('lists again if the position is rejected, or after two watches without an event', () => {
    for (const failure of [
      failing('api-gone'),
      failing('api-too-much'),
      failing('api-forbidden', {status: 403}),
      failing('api-absent', {status: 404}),
    ]) {
      assert.deepEqual(stateAfter(watching, {lasted: 0, failure}), listing)
      assert.deepEqual(stateAfter(verifying, {lasted: 0, failure}), listing)
    }
    assert.deepEqual(stateAfter({...watching, position: {...position, fruitless: 2}}, good), listing)
  })

  it('lists until a list succeeds', () => {
    assert.deepEqual([stateAfter(listing, good), stateAfter(listing, cut)], [listing, listing])
  })

  it('has lost its position if a resumed watch is rejected as gone', () => {
    const gone = failing('api-gone')
    const resumed: ActiveState = {...watching, resumed: true}
    assert.deepEqual(
      [resumed, watching, verifying, listing].map((state) => isPositionLost(state, gone)),
      [true, false, false, false],
    )
    assert.deepEqual(
      [isPositionLost(resumed, cut.failure), isPositionLost(resumed, undefined)],
      [false, false],
    )
  })

  it('is open since the server accepted the watch', () => {
    assert.deepEqual(
      [openFor({...watching, openedAt: 5}, 12), openFor(watching, 12), openFor(listing, 12)],
      [7, 0, 0],
    )
  })
})
