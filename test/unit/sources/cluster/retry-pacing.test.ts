import assert from 'node:assert/strict'
import {isRegularEnd, RetryPacing} from '../../../../src/sources/cluster/retry-pacing.js'
import {FakeClock, settled} from '../../controller/fake-clock.js'
import {failing} from './scripted-access.js'

const CUT = {lasted: 0, failure: failing('api-connection')}

describe('sources/cluster/retry-pacing', () => {
  it('doubles from half a second to half a minute', () => {
    const pacing = new RetryPacing(new FakeClock(), () => 0)
    const delays = Array.from({length: 8}, () => pacing.delayAfter(CUT))
    assert.deepEqual(delays, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  })

  it('has jitter of up to half of the delay, so that hosts do not retry at the same time', () => {
    assert.equal(new RetryPacing(new FakeClock(), () => 0.5).delayAfter(CUT), 375)
  })

  it('says until when it waits', async () => {
    const clock = new FakeClock()
    const pacing = new RetryPacing(clock, () => 0)
    await clock.advance(100)
    const waiting = pacing.wait(500, new AbortController().signal)
    assert.equal(pacing.waitsUntil, 600)
    await clock.advance(500)
    await waiting
    assert.equal(pacing.waitsUntil, undefined)
  })

  it('resets after a watch that lasted', () => {
    const pacing = new RetryPacing(new FakeClock(), () => 0)
    pacing.delayAfter(CUT)
    pacing.delayAfter(CUT)
    assert.equal(pacing.delayAfter({...CUT, lasted: 29_999}), 2000)
    assert.equal(pacing.delayAfter({...CUT, lasted: 30_000}), 500)
  })

  it('resets on resetBackoff()', () => {
    const pacing = new RetryPacing(new FakeClock(), () => 0)
    pacing.delayAfter(CUT)
    pacing.resetBackoff()
    assert.equal(pacing.delayAfter(CUT), 500)
  })

  it('resets at most twice a minute on resetBackoff()', async () => {
    const clock = new FakeClock()
    const pacing = new RetryPacing(clock, () => 0)
    const again = (): number => {
      pacing.resetBackoff()
      return pacing.delayAfter(CUT)
    }
    assert.deepEqual([again(), again(), again()], [500, 1000, 2000])
    await clock.advance(30_000)
    assert.deepEqual([again(), again()], [500, 1000])
  })

  it('is cut to notBefore by a nudge during the wait or before it', async () => {
    const clock = new FakeClock()
    const pacing = new RetryPacing(clock, () => 0)
    let over = -1
    const wait = (milliseconds: number) =>
      void pacing.wait(milliseconds, new AbortController().signal).then(() => (over = clock.now()))
    for (let failure = 0; failure < 6; failure += 1) pacing.delayAfter(CUT)
    wait(pacing.delayAfter(CUT, {notBefore: 3000}))
    await clock.advance(1000)
    pacing.nudge()
    await clock.advance(20_000)
    assert.equal(over, 3000)
    pacing.nudge()
    assert.equal(pacing.delayAfter(CUT), 0)
    assert.equal(pacing.delayAfter(CUT), 30_000)
  })

  it('limits the rate of nudges', async () => {
    const clock = new FakeClock()
    const pacing = new RetryPacing(clock, () => 0)
    const ends: number[] = []
    for (let attempt = 0; attempt < 4; attempt += 1) {
      for (let failure = 0; failure < 7; failure += 1) pacing.delayAfter(CUT)
      void pacing.wait(30_000, new AbortController().signal).then(() => ends.push(clock.now()))
      pacing.nudge()
      pacing.nudge()
      await clock.advance(attempt === 3 ? 30_000 : 5000)
    }
    assert.deepEqual(ends, [0, 5000, 10_000, 15_000])
  })

  it('ignores a nudge from long ago', () => {
    const pacing = new RetryPacing(new FakeClock(), () => 0)
    pacing.nudge()
    assert.equal(pacing.delayAfter({lasted: 60_000, failure: undefined}), 0)
    assert.equal(pacing.delayAfter(CUT), 500)
    pacing.nudge()
    assert.equal(pacing.delayAfter({lasted: 60_000, failure: CUT.failure}), 500)
  })

  it('has no delay after a regular end', () => {
    const pacing = new RetryPacing(new FakeClock(), () => 0)
    const ordinary = {lasted: 30_000, failure: undefined}
    assert.equal(isRegularEnd(ordinary), true)
    assert.equal(pacing.delayAfter(ordinary), 0)
    assert.equal(isRegularEnd({...ordinary, lasted: 1}), false)
    assert.equal(pacing.delayAfter({...ordinary, lasted: 1}), 500)
  })

  it('respects Retry-After', () => {
    const pacing = new RetryPacing(new FakeClock(), () => 0)
    assert.equal(pacing.delayAfter({lasted: 0, failure: failing('api-busy', {retryAfter: 7000})}), 7000)
    assert.equal(pacing.delayAfter({lasted: 0, failure: failing('api-busy', {retryAfter: 1})}), 1000)
  })

  it('applies notBefore to one wait', async () => {
    const clock = new FakeClock()
    const pacing = new RetryPacing(clock, () => 0)
    const ordinary = {lasted: 60_000, failure: undefined}
    assert.equal(pacing.delayAfter(CUT), 500)
    assert.equal(pacing.delayAfter(CUT, {notBefore: 8000}), 8000)
    await clock.advance(7000)
    assert.equal(pacing.delayAfter(CUT, {notBefore: 8000}), 2000)
    assert.equal(pacing.delayAfter(ordinary, {notBefore: 8000}), 1000)
    assert.equal(pacing.delayAfter(ordinary, {notBefore: 6000}), 0)
    assert.equal(pacing.delayAfter(ordinary), 0)
  })

  it('ends the current wait on retryNow(), and not the next one', async () => {
    const clock = new FakeClock()
    const pacing = new RetryPacing(clock, () => 0)
    let over = 0
    const wait = () => void pacing.wait(1000, new AbortController().signal).then(() => (over += 1))
    pacing.retryNow()
    wait()
    await clock.advance(10)
    assert.equal(over, 0)
    pacing.retryNow()
    await settled()
    assert.equal(over, 1)
    wait()
    await clock.advance(999)
    assert.equal(over, 1)
    await clock.advance(1)
    assert.equal(over, 2)
  })

  it('ends with the signal', async () => {
    const stop = new AbortController()
    const pacing = new RetryPacing(new FakeClock(), () => 0)
    const waiting = pacing.wait(1000, stop.signal)
    stop.abort()
    await waiting
    await pacing.wait(1000, stop.signal)
  })
})
