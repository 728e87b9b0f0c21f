import assert from 'node:assert/strict'
import {Failures} from '../../../../../src/dataplane/nginx/live/failures.js'
import {FakeClock} from '../../../controller/fake-clock.js'

describe('Failures of live updates', () => {
  let clock: FakeClock
  let failures: Failures

  beforeEach(() => {
    clock = new FakeClock()
    failures = new Failures(clock)
  })

  it('suspects a dictionary that did not answer, until another one does', () => {
    assert.equal(failures.isSuspect, false)
    failures.suspect()
    assert.equal(failures.isSuspect, true)
    failures.trust()
    assert.equal(failures.isSuspect, false)
  })

  it('pauses live updates for ten minutes after three failures in a row', async () => {
    assert.deepEqual([failures.add(), failures.add(), failures.isPaused], [undefined, undefined, false])
    assert.equal(failures.add(), 600)
    await clock.advance(599_999)
    assert.deepEqual([failures.isPaused, failures.pausedFor], [true, 1])
    await clock.advance(1)
    assert.deepEqual([failures.isPaused, failures.pausedFor], [false, 0])
    assert.equal(failures.add(), undefined)
  })

  it('does not count failures before a change that was confirmed', () => {
    failures.add()
    failures.add()
    failures.reset()
    failures.add()
    assert.deepEqual([failures.isPaused, failures.count], [false, 1])
  })
})
