import assert from 'node:assert/strict'
import {Failure} from '../../../src/diagnostics/failure.js'
import {Deadline} from '../../../src/kube/deadline.js'
import {FakeClock} from '../controller/fake-clock.js'

const LATE = new Failure('too late', {code: 'late'})
const LATER = new Failure('much too late', {code: 'later'})

describe('kube/deadline', () => {
  it('aborts with the failure when the limit expires', async () => {
    const clock = new FakeClock()
    const deadline = new Deadline(clock, new AbortController().signal)
    deadline.within(1000, () => LATE)
    await clock.advance(999)
    assert.equal(deadline.signal.aborted, false)
    await clock.advance(1)
    assert.equal(deadline.signal.reason, LATE)
  })

  it('replaces the limit before', async () => {
    const clock = new FakeClock()
    const deadline = new Deadline(clock, new AbortController().signal)
    deadline.within(1000, () => LATE)
    await clock.advance(500)
    deadline.within(2000, () => LATER)
    await clock.advance(1999)
    assert.equal(deadline.signal.aborted, false)
    await clock.advance(1)
    assert.equal(deadline.signal.reason, LATER)
  })

  it('does nothing after it has ended', async () => {
    const clock = new FakeClock()
    const outer = new AbortController()
    const deadline = new Deadline(clock, outer.signal)
    deadline.within(1000, () => LATE)
    deadline.end()
    await clock.advance(5000)
    outer.abort()
    assert.equal(deadline.signal.aborted, false)
  })

  it("aborts with the caller's signal", () => {
    const outer = new AbortController()
    const deadline = new Deadline(new FakeClock(), outer.signal)
    outer.abort('over')
    assert.equal(deadline.signal.reason, 'over')
    assert.equal(new Deadline(new FakeClock(), outer.signal).signal.reason, 'over')
  })

  it('does not wait for work that never ends', async () => {
    const clock = new FakeClock()
    const deadline = new Deadline(clock, new AbortController().signal)
    deadline.within(1000, () => LATE)
    const waiting = assert.rejects(deadline.race(new Promise(() => {})), LATE)
    await clock.advance(1000)
    await waiting
    await assert.rejects(deadline.race(Promise.resolve(1)), LATE)
  })

  it('settles as the work does', async () => {
    const deadline = new Deadline(new FakeClock(), new AbortController().signal)
    assert.equal(await deadline.race(Promise.resolve(1)), 1)
    await assert.rejects(deadline.race(Promise.reject(LATER)), LATER)
  })
})
