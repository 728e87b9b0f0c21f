import assert from 'node:assert/strict'
import {
  completed,
  doubted,
  generationsToKeep,
  ownedBy,
  NOTHING_SERVED,
  switched,
} from '../../../../../src/dataplane/nginx/apply/serving.js'
import {EMPTY, type Manifest} from '../../../../../src/dataplane/nginx/store/manifest.js'

describe('Serving', () => {
  const manifest = (id: string): Manifest => ({id, main: 'm', files: []})
  const [first, interim, second] = ['first', 'interim', 'second'].map(manifest) as [
    Manifest,
    Manifest,
    Manifest,
  ]
  const asked = {asked: []}
  const serving = completed(switched(NOTHING_SERVED, first), asked)

  it('has what is served, once that is confirmed, and what was asked for', () => {
    assert.deepEqual(serving, {
      state: 'confirmed',
      current: first,
      previous: undefined,
      lastGood: first,
      asked,
    })
  })

  it('keeps the last good generation while an interim one is served', () => {
    const moving = switched(serving, interim)
    assert.deepEqual([moving.previous, moving.current, moving.lastGood], [first, interim, first])
    const moved = completed(switched(moving, second), asked)
    assert.deepEqual([moved.previous, moved.current, moved.lastGood], [interim, second, second])
  })

  it('is uncertain after a reload without an answer, and stays without an NGINX after such a start', () => {
    assert.deepEqual(doubted(serving), {...serving, state: 'uncertain'})
    assert.equal(doubted(doubted(serving)).state, 'uncertain')
    assert.equal(doubted(NOTHING_SERVED).state, 'none')
  })

  it('knows which listeners are held: none without an NGINX, and maybe not which with one', () => {
    assert.equal(ownedBy({...NOTHING_SERVED, current: first}), EMPTY)
    assert.equal(ownedBy(doubted(serving)), first)
    assert.equal(ownedBy({...NOTHING_SERVED, state: 'uncertain'}), undefined)
  })

  it('keeps on disk what is or may have to be served', () => {
    assert.deepEqual(generationsToKeep(NOTHING_SERVED), [])
    assert.deepEqual(generationsToKeep(switched(serving, interim)), [interim, first, first])
  })
})
