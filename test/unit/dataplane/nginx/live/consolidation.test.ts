import assert from 'node:assert/strict'
import {Consolidation} from '../../../../../src/dataplane/nginx/live/consolidation.js'

describe('Consolidation', () => {
  let now: number
  let consolidation: Consolidation

  beforeEach(() => {
    now = 1000
    consolidation = new Consolidation({monotonic: () => now}, 30_000)
  })

  it('is never due while the configuration is up to date', () => {
    assert.equal(consolidation.dueIn(), Infinity)
    consolidation.noteChange()
    consolidation.clear()
    assert.equal(consolidation.dueIn(), Infinity)
  })

  it('is due after a quiet time', () => {
    consolidation.noteChange()
    now += 20_000
    assert.equal(consolidation.dueIn(), 10_000)
    consolidation.noteChange()
    assert.equal(consolidation.dueIn(), 30_000)
    now += 40_000
    assert.equal(consolidation.dueIn(), 0)
  })

  it('is due five minutes after the first change, however many follow', () => {
    for (let round = 0; round < 29; round += 1) {
      consolidation.noteChange()
      now += 10_000
    }
    assert.equal(consolidation.dueIn(), 10_000)
    consolidation.clear()
    consolidation.noteChange()
    assert.equal(consolidation.dueIn(), 30_000)
  })
})
