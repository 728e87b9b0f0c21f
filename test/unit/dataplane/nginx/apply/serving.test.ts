import assert from 'node:assert/strict'
import {
  completed,
  unconfirmed,
  generationsToKeep,
  ownedBy,
  partlyCompleted,
  NOTHING_SERVED,
  switched,
} from '../../../../../src/dataplane/nginx/apply/serving.js'
import {EMPTY_INDEX, type GenerationIndex} from '../../../../../src/dataplane/nginx/store/generation-index.js'

describe('Serving', () => {
  const index = (id: string): GenerationIndex => ({id, main: 'm', files: []})
  const [first, interim, second] = ['first', 'interim', 'second'].map(index) as [
    GenerationIndex,
    GenerationIndex,
    GenerationIndex,
  ]
  const last = {requested: []}
  const serving = completed(switched(NOTHING_SERVED, first), last)

  it('has the confirmed generation and the last request', () => {
    assert.deepEqual(serving, {
      state: 'confirmed',
      current: first,
      previous: undefined,
      lastGood: first,
      lastGoodServers: new Map(),
      last,
    })
  })

  it('has the servers that were confirmed without a reload, until a reload contains them', () => {
    const servers = new Map([['upstream', '1:']])
    const live = completed(serving, last, servers)
    assert.equal(live.lastGoodServers, servers)
    assert.equal(completed(live, last).lastGoodServers, servers)
    assert.equal(switched(live, interim).lastGoodServers, servers)
    assert.equal(completed(switched(live, second), last).lastGoodServers.size, 0)
  })

  it('keeps the last good generation while an interim one is served', () => {
    const moving = switched(serving, interim)
    assert.deepEqual([moving.previous, moving.current, moving.lastGood], [first, interim, first])
    const moved = completed(switched(moving, second), last)
    assert.deepEqual([moved.previous, moved.current, moved.lastGood], [interim, second, second])
  })

  it('keeps the last good generation if the rest of a request waits for a reload after an interim one', () => {
    const moving = switched(serving, interim)
    const servers = new Map([['upstream', '1:']])
    const partly = partlyCompleted(moving, {requested: []}, servers)
    assert.deepEqual([partly.current, partly.lastGood, partly.lastGoodServers.size], [interim, first, 0])
    assert.deepEqual(partlyCompleted(serving, last, servers), completed(serving, last, servers))
  })

  it('becomes uncertain after a reload without an answer, but stays `none` after a start without an answer', () => {
    assert.deepEqual(unconfirmed(serving), {...serving, state: 'uncertain'})
    assert.equal(unconfirmed(unconfirmed(serving)).state, 'uncertain')
    assert.equal(unconfirmed(NOTHING_SERVED).state, 'none')
  })

  it('knows the held listeners: none without an NGINX, unknown if the disk does not name a generation', () => {
    assert.equal(ownedBy({...NOTHING_SERVED, current: first}), EMPTY_INDEX)
    assert.equal(ownedBy(unconfirmed(serving)), first)
    assert.equal(ownedBy({...NOTHING_SERVED, state: 'uncertain'}), undefined)
  })

  it('keeps on disk the generations that are served or may have to be served again', () => {
    assert.deepEqual(generationsToKeep(NOTHING_SERVED), [])
    assert.deepEqual(generationsToKeep(switched(serving, interim)), [interim, first, first])
  })
})
