import assert from 'node:assert/strict'
import {diagnose} from '../../../../../src/diagnostics/diagnostic.js'
import {Shortfall} from '../../../../../src/dataplane/nginx/apply/shortfall.js'
import {SteppingClock} from '../../../../support/nginx-clock.js'

describe('Shortfall', () => {
  const subject = {ref: {kind: 'Service', namespace: 'default', name: 'web'}}
  const refused = diagnose('nginx-refused', {subject, args: {problem: 'no', kept: false}})
  let clock: SteppingClock
  let shortfall: Shortfall
  let announced: number

  beforeEach(() => {
    clock = new SteppingClock(0)
    shortfall = new Shortfall(clock, 5000)
    announced = 0
    shortfall.onChange(() => (announced += 1))
  })

  it('announces what is left out once, and when it is not any more', () => {
    shortfall.update([])
    assert.equal(announced, 0)
    shortfall.update([refused])
    shortfall.update([refused])
    assert.deepEqual([announced, shortfall.diagnostics], [1, [refused]])
    shortfall.update([])
    assert.deepEqual([announced, shortfall.diagnostics], [2, []])
  })

  it('is due every 5 s, for as long as something is left out', () => {
    clock.advance(60_000)
    assert.equal(shortfall.due, false)
    for (const again of [() => shortfall.update([refused]), () => shortfall.postpone()]) {
      again()
      clock.advance(4999)
      assert.equal(shortfall.due, false)
      clock.advance(1)
      assert.equal(shortfall.due, true)
    }
    shortfall.update([])
    clock.advance(60_000)
    assert.equal(shortfall.due, false)
  })

  it('ends silently with an apply', () => {
    shortfall.update([refused])
    shortfall.clear()
    clock.advance(60_000)
    assert.deepEqual([announced, shortfall.diagnostics, shortfall.due], [1, [], false])
  })
})
