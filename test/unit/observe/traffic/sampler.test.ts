import assert from 'node:assert/strict'
import {Sampler} from '../../../../src/observe/traffic/sampler.js'

describe('Sampler', () => {
  let now: number
  let sampler: Sampler

  beforeEach(() => {
    now = 0
    sampler = new Sampler({monotonic: () => now})
  })

  const weigh = (lines: number): number[] => Array.from({length: lines}, () => sampler.weigh())
  const sum = (weights: readonly number[]): number => weights.reduce((total, each) => total + each, 0)

  it('reads every line up to 10,000 a second', () => {
    assert.deepEqual(new Set(weigh(10_000)), new Set([1]))
    assert.equal(sampler.ratio, 1)
  })

  it('reads every tenth line above that, which counts for ten', () => {
    const weights = weigh(30_000).slice(10_000)
    assert.deepEqual(new Set(weights), new Set([0, 10]))
    assert.equal(sum(weights), 20_000)
    assert.equal(sampler.ratio, 0.4)
  })

  it('starts anew each second, and tells the share of the last one', () => {
    weigh(30_000)
    now = 1000
    assert.deepEqual(new Set(weigh(10_000)), new Set([1]))
    assert.equal(sampler.ratio, 0.4)
    now = 2000
    assert.equal(sampler.ratio, 1)
  })
})
