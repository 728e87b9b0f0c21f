import assert from 'node:assert/strict'
import {runInSlices} from '../../../src/util/time-slices.js'

/** A clock by which each step takes 4 ms. */
class StepClock {
  private now = 0
  monotonic(): number {
    return this.now
  }
  *steps(count: number): Generator<void, string, void> {
    for (let step = 0; step < count; step += 1) {
      this.now += 4
      yield
    }
    return 'done'
  }
}

/** Counts the turns of the event loop for as long as it is not stopped. */
function countTurns(): {readonly turns: () => number; readonly stop: () => void} {
  let [turns, running] = [0, true]
  const turn = (): void => {
    turns += 1
    if (running) setImmediate(turn)
  }
  setImmediate(turn)
  return {turns: () => turns, stop: () => (running = false)}
}

describe('runInSlices', () => {
  it('yields to other work every 10 ms, and returns the result', async () => {
    const clock = new StepClock()
    const others = countTurns()
    assert.equal(await runInSlices(clock.steps(30), clock), 'done')
    others.stop()
    assert.equal(others.turns(), 10)
  })

  it('does not yield if the work is short', async () => {
    const clock = new StepClock()
    const others = countTurns()
    assert.equal(await runInSlices(clock.steps(2), clock), 'done')
    others.stop()
    assert.equal(others.turns(), 0)
  })

  it('skips the remaining steps when the signal aborts', async () => {
    const clock = new StepClock()
    const stopping = new AbortController()
    setImmediate(() => stopping.abort(new Error('enough')))
    await assert.rejects(runInSlices(clock.steps(1000), clock, stopping.signal), {message: 'enough'})
    assert.ok(clock.monotonic() < 100)
  })

  it('rejects with what the work throws', async () => {
    const broken = (function* (): Generator<void, never, void> {
      yield
      throw new Error('broken')
    })()
    await assert.rejects(runInSlices(broken, new StepClock()), {message: 'broken'})
  })
})
