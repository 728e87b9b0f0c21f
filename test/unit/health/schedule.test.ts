import assert from 'node:assert/strict'
import {Schedule} from '../../../src/health/schedule.js'
import {TICK} from '../../../src/health/wheel.js'

const INTERVAL = 5000

function targets(count: number): {interval: number}[] {
  return Array.from({length: count}, () => ({interval: INTERVAL}))
}

/** Returns the fractions in turn. */
function cycle(...fractions: number[]): () => number {
  let calls = 0
  return () => fractions[calls++ % fractions.length] ?? 0
}

describe('Schedule', () => {
  it('spreads new targets over their interval', () => {
    const steps = Array.from({length: 50}, (_, index) => index / 50)
    const schedule = new Schedule(cycle(...steps), 0)
    for (const target of targets(1000)) schedule.add(target, 0)
    const perTick = Array.from({length: 50}, (_, tick) => schedule.due(tick * TICK).length)
    assert.deepEqual(
      perTick,
      Array.from({length: 50}, () => 20),
    )
  })

  it('repeats a target after its interval, give or take a tenth', () => {
    const [target = {interval: INTERVAL}] = targets(1)
    for (const [fraction, delay] of [
      [0, 4500],
      [0.5, 5000],
      [0.999, 5400],
    ] as const) {
      const schedule = new Schedule(() => fraction, 0)
      schedule.again(target, 0, 10)
      assert.deepEqual(schedule.due(delay - 1), [])
      assert.deepEqual(schedule.due(delay), [target])
    }
  })

  it('probes a target at once if its last probe took longer than the interval', () => {
    const [target = {interval: INTERVAL}] = targets(1)
    const schedule = new Schedule(() => 0.5, 0)
    schedule.due(9000)
    schedule.again(target, 0, 9000)
    assert.deepEqual(schedule.due(9000 + TICK), [target])
  })

  it('forgets a target that is removed, and keeps those that are late', () => {
    const [a = {interval: 1}, b = {interval: 1}] = targets(2)
    const schedule = new Schedule(() => 0.5, 0)
    schedule.add(a, 0)
    schedule.add(b, 0)
    schedule.remove(a)
    schedule.remove(a)
    assert.deepEqual(schedule.due(60_000), [b])
    assert.deepEqual(schedule.due(120_000), [])
  })
})
