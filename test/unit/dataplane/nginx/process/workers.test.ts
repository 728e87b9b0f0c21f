import assert from 'node:assert/strict'
import {silentLogger} from '../../../../../src/util/logger.js'
import {MAX_CHILDREN, reloadPressure, Workers} from '../../../../../src/dataplane/nginx/process/workers.js'
import {SteppingClock} from '../../../../support/nginx-clock.js'

describe('reloadPressure', () => {
  it('is 0 while few old workers are left, then doubles with every 4 of them, up to a minute', () => {
    const leftovers = [0, 15, 16, 19, 20, 24, 28, 32, 36, 40, 200]
    assert.deepEqual(
      leftovers.map((leaving) => reloadPressure(leaving, 2)),
      [0, 0, 1000, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000],
    )
  })

  it('counts by reloads if there are many workers', () => {
    assert.deepEqual(
      [0, 32, 64, 127, 128, 160].map((leaving) => reloadPressure(leaving, 32)),
      [0, 0, 1000, 8000, 16_000, 60_000],
    )
  })

  it('is a minute if the next reloads would reach the limit', () => {
    assert.equal(reloadPressure(MAX_CHILDREN - 6, 2), 60_000)
    assert.equal(reloadPressure(5, 2, 10), 60_000)
    assert.equal(reloadPressure(4, 2, 10), 0)
  })

  it('never keeps a host with very many workers from its first reloads', () => {
    for (const workers of [64, 128, 192]) {
      assert.equal(reloadPressure(0, workers), 0)
      assert.equal(reloadPressure(workers, workers), 0)
    }
  })

  it('keeps the children at 64 or less under ordinary churn: a change each second, sessions of one minute', () => {
    assert.ok(mostChildren({workers: 2, session: 60_000, churn: 1000, duration: 3_600_000}) <= 64)
  })

  it('and in ten minutes of changes without a pause, if old workers never end', () => {
    assert.ok(mostChildren({workers: 2, session: Infinity, churn: 100, duration: 600_000}) <= 64)
  })

  it('and far below the limit when sessions last twelve hours', () => {
    assert.ok(
      mostChildren({workers: 2, session: 12 * 3_600_000, churn: 1000, duration: 3_600_000}) < MAX_CHILDREN,
    )
  })
})

describe('Workers', () => {
  it('has none if NGINX does not run', async () => {
    const workers = new Workers(new SteppingClock(), silentLogger, MAX_CHILDREN)
    assert.deepEqual(workers.refresh(undefined), {current: [], leaving: []})
    assert.equal(workers.pressure(), 0)
    assert.deepEqual(workers.groups(), [])
  })

  it('remembers the generation of each worker until it ends', () => {
    const workers = new Workers(new SteppingClock(), silentLogger, MAX_CHILDREN)
    workers.count = {current: [11, 12], leaving: [1]}
    workers.assign('a')
    assert.deepEqual(workers.groups(), [
      {generation: 'a', state: 'current', count: 2},
      {state: 'leaving', count: 1},
    ])
    workers.count = {current: [21, 22], leaving: [1, 11, 12]}
    workers.assign('b')
    assert.deepEqual(workers.groups(), [
      {generation: 'b', state: 'current', count: 2},
      {state: 'leaving', count: 1},
      {generation: 'a', state: 'leaving', count: 2},
    ])
    workers.count = {current: [21, 22, 23], leaving: [12]}
    workers.assign(undefined)
    assert.deepEqual(workers.groups(), [
      {generation: 'b', state: 'current', count: 2},
      {state: 'current', count: 1},
      {generation: 'a', state: 'leaving', count: 1},
    ])
    workers.count = {current: [11], leaving: []}
    assert.deepEqual(workers.groups(), [{state: 'current', count: 1}])
  })
})

type Churn = {workers: number; session: number; churn: number; duration: number}

/** A series of reloads: after each, the old workers stay for the length of a session. */
function mostChildren({workers, session, churn, duration}: Churn): number {
  let ends: number[] = []
  let most = 0
  for (let time = 0; time < duration;) {
    ends = ends.filter((end) => end > time)
    ends.push(...Array.from({length: workers}, () => time + session))
    most = Math.max(most, ends.length + workers)
    time += Math.max(churn, reloadPressure(ends.length, workers))
  }
  return most
}
