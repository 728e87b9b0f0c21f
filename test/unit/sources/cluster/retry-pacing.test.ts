import assert from 'node:assert/strict'
import {isOrdinary, RetryPacing} from '../../../../src/sources/cluster/retry-pacing.js'
import {FakeClock, settled} from '../../controller/fake-clock.js'
import {failing} from './scripted-access.js'

const CUT = {lasted: 0, failure: failing('api-connection')}

describe('sources/cluster/pace', () => {
  it('doubles from half a second to half a minute', () => {
    const pace = new RetryPacing(new FakeClock(), () => 0)
    const delays = Array.from({length: 8}, () => pace.rest(CUT))
    assert.deepEqual(delays, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  })

  it('leaves up to half of it to chance, so that not all hosts come at once', () => {
    assert.equal(new RetryPacing(new FakeClock(), () => 0.5).rest(CUT), 375)
  })

  it('begins anew after a watch that lasted', () => {
    const pace = new RetryPacing(new FakeClock(), () => 0)
    pace.rest(CUT)
    pace.rest(CUT)
    assert.equal(pace.rest({...CUT, lasted: 29_999}), 2000)
    assert.equal(pace.rest({...CUT, lasted: 30_000}), 500)
  })

  it('begins anew where it is told to', () => {
    const pace = new RetryPacing(new FakeClock(), () => 0)
    pace.rest(CUT)
    pace.startOver()
    assert.equal(pace.rest(CUT), 500)
  })

  it('begins anew twice in a minute at most', async () => {
    const clock = new FakeClock()
    const pace = new RetryPacing(clock, () => 0)
    const again = (): number => {
      pace.startOver()
      return pace.rest(CUT)
    }
    assert.deepEqual([again(), again(), again()], [500, 1000, 2000])
    await clock.advance(30_000)
    assert.deepEqual([again(), again()], [500, 1000])
  })

  it('is cut to what is owed where something else got an answer, be it while it waits or before', async () => {
    const clock = new FakeClock()
    const pace = new RetryPacing(clock, () => 0)
    let over = -1
    const wait = (milliseconds: number) =>
      void pace.wait(milliseconds, new AbortController().signal).then(() => (over = clock.now()))
    for (let failure = 0; failure < 6; failure += 1) pace.rest(CUT)
    wait(pace.rest(CUT, {notBefore: 3000}))
    await clock.advance(1000)
    pace.nudge()
    await clock.advance(20_000)
    assert.equal(over, 3000)
    pace.nudge()
    assert.equal(pace.rest(CUT), 0)
    assert.equal(pace.rest(CUT), 30_000)
  })

  it('is not cut again and again', async () => {
    const clock = new FakeClock()
    const pace = new RetryPacing(clock, () => 0)
    const ends: number[] = []
    for (let attempt = 0; attempt < 4; attempt += 1) {
      for (let failure = 0; failure < 7; failure += 1) pace.rest(CUT)
      void pace.wait(30_000, new AbortController().signal).then(() => ends.push(clock.now()))
      pace.nudge()
      pace.nudge()
      await clock.advance(attempt === 3 ? 30_000 : 5000)
    }
    assert.deepEqual(ends, [0, 5000, 10_000, 15_000])
  })

  it('is not cut long after something else got an answer', () => {
    const pace = new RetryPacing(new FakeClock(), () => 0)
    pace.nudge()
    assert.equal(pace.rest({lasted: 60_000, failure: undefined}), 0)
    assert.equal(pace.rest(CUT), 500)
    pace.nudge()
    assert.equal(pace.rest({lasted: 60_000, failure: CUT.failure}), 500)
  })

  it('does not rest after an ordinary end', () => {
    const pace = new RetryPacing(new FakeClock(), () => 0)
    const ordinary = {lasted: 30_000, failure: undefined}
    assert.equal(isOrdinary(ordinary), true)
    assert.equal(pace.rest(ordinary), 0)
    assert.equal(isOrdinary({...ordinary, lasted: 1}), false)
    assert.equal(pace.rest({...ordinary, lasted: 1}), 500)
  })

  it('waits as long as the server asks', () => {
    const pace = new RetryPacing(new FakeClock(), () => 0)
    assert.equal(pace.rest({lasted: 0, failure: failing('api-busy', {retryAfter: 7000})}), 7000)
    assert.equal(pace.rest({lasted: 0, failure: failing('api-busy', {retryAfter: 1})}), 1000)
  })

  it('does not end before a time, for one wait', async () => {
    const clock = new FakeClock()
    const pace = new RetryPacing(clock, () => 0)
    const ordinary = {lasted: 60_000, failure: undefined}
    assert.equal(pace.rest(CUT), 500)
    assert.equal(pace.rest(CUT, {notBefore: 8000}), 8000)
    await clock.advance(7000)
    assert.equal(pace.rest(CUT, {notBefore: 8000}), 2000)
    assert.equal(pace.rest(ordinary, {notBefore: 8000}), 1000)
    assert.equal(pace.rest(ordinary, {notBefore: 6000}), 0)
    assert.equal(pace.rest(ordinary), 0)
  })

  it('waits no longer where somebody is in a hurry, and then as before', async () => {
    const clock = new FakeClock()
    const pace = new RetryPacing(clock, () => 0)
    let over = 0
    const wait = () => void pace.wait(1000, new AbortController().signal).then(() => (over += 1))
    pace.hurry()
    wait()
    await clock.advance(10)
    assert.equal(over, 0)
    pace.hurry()
    await settled()
    assert.equal(over, 1)
    wait()
    await clock.advance(999)
    assert.equal(over, 1)
    await clock.advance(1)
    assert.equal(over, 2)
  })

  it('does not wait where nobody needs it any more', async () => {
    const stop = new AbortController()
    const pace = new RetryPacing(new FakeClock(), () => 0)
    const waiting = pace.wait(1000, stop.signal)
    stop.abort()
    await waiting
    await pace.wait(1000, stop.signal)
  })
})
