import assert from 'node:assert/strict'
import {afterProbe, NEW_SERVER, type ServerState} from '../../../src/health/server-state.js'

const THRESHOLDS = {rise: 2, fall: 3}
const OK = {ok: true} as const
const REFUSED = {ok: false, reason: 'connection refused'} as const

/** `+` is a probe that succeeds, `-` one that fails; one every `every` milliseconds. */
function after(results: string, {state = NEW_SERVER, start = 0, every = 1000, epoch = 0} = {}): ServerState {
  return [...results].reduce((current, sign, index) => {
    const monotonic = start + index * every
    const moment = {now: epoch + monotonic, monotonic}
    return afterProbe(current, sign === '+' ? OK : REFUSED, moment, THRESHOLDS)
  }, state)
}

describe('the state of a checked server', () => {
  it('is used until `fall` probes in a row fail', () => {
    assert.equal(after('--').failed, undefined)
    assert.equal(after('--+--').failed, undefined)
    assert.deepEqual(after('---').failed, {reason: 'connection refused', since: 2000, flapping: false})
  })

  it('is failing until `rise` probes in a row succeed', () => {
    assert.ok(after('---+').failed)
    assert.ok(after('---+-+').failed)
    assert.equal(after('---++').failed, undefined)
  })

  it('keeps the first reason and the time while probes fail', () => {
    const failing = after('---')
    const later = afterProbe(
      failing,
      {ok: false, reason: 'status 500'},
      {now: 9000, monotonic: 9000},
      THRESHOLDS,
    )
    assert.equal(later.failed, failing.failed)
  })

  it('must be good for a minute if it changed more than 6 times in a minute', () => {
    const flapping = after('---++'.repeat(3) + '---', {every: 1000})
    assert.equal(flapping.failed?.flapping, true)
    const soon = after('+'.repeat(60), {state: flapping, start: 18_000})
    assert.ok(soon.failed)
    assert.equal(after('+'.repeat(61), {state: flapping, start: 18_000}).failed, undefined)
  })

  it('is used again after a minute even if the clock is set back', () => {
    const flapping = after('---++'.repeat(3) + '---', {epoch: 1e12})
    assert.deepEqual([flapping.failed?.since, flapping.failed?.flapping], [1e12 + 17_000, true])
    const good = after('+', {state: flapping, start: 18_000, epoch: 1e12})
    assert.equal(after('+'.repeat(60), {state: good, start: 19_000}).failed, undefined)
  })

  it('forgets changes after a minute', () => {
    const state = after('---++'.repeat(3) + '---', {every: 5000})
    assert.equal(state.failed?.flapping, false)
  })
})
