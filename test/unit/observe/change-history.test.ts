import assert from 'node:assert/strict'
import {ChangeHistory} from '../../../src/observe/change-history.js'

describe('the history of changes', () => {
  it('keeps starts, reloads, live changes and exits, the newest first, with the generation', () => {
    const history = new ChangeHistory()
    history.note({type: 'test', result: 'accepted', duration: 5}, 0)
    history.note({type: 'start', result: 'confirmed', duration: 12.3456}, 1000)
    history.serves('a')
    history.note({type: 'reload', reason: 'change', result: 'refused', duration: 5}, 2000)
    history.serves('a')
    history.note({type: 'live-update', result: 'confirmed', upstreams: 2, duration: 3}, 3000)
    history.serves('b')
    history.note({type: 'unexpected-exit'}, 4000)
    assert.deepEqual(history.changes, [
      {at: '1970-01-01T00:00:04.000Z', kind: 'exit'},
      {
        at: '1970-01-01T00:00:03.000Z',
        kind: 'live',
        result: 'confirmed',
        upstreams: 2,
        seconds: 0.003,
        generation: 'b',
      },
      {at: '1970-01-01T00:00:02.000Z', kind: 'reload', result: 'refused', reason: 'change', seconds: 0.005},
      {at: '1970-01-01T00:00:01.000Z', kind: 'start', result: 'confirmed', seconds: 0.012, generation: 'a'},
    ])
  })

  it('keeps the last hundred', () => {
    const history = new ChangeHistory()
    for (let index = 0; index < 150; index += 1) history.note({type: 'unexpected-exit'}, index)
    assert.deepEqual([history.changes.length, history.changes[0]?.at], [100, '1970-01-01T00:00:00.149Z'])
  })
})
