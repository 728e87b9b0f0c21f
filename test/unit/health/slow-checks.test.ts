import assert from 'node:assert/strict'
import type {HealthCheck} from '../../../src/core/intent/health-check.js'
import {SlowChecks} from '../../../src/health/slow-checks.js'
import type {WantedProbe} from '../../../src/health/wanted-probes.js'

const CHECK: HealthCheck = {
  ...{id: 'tcp', type: 'tcp', path: '/'},
  ...{interval: 5000, timeout: 2000, rise: 2, fall: 3},
}

function wanted(namespace: string, interval: number): WantedProbe {
  return {target: {id: namespace, namespace, address: '10.0.0.1', port: 80, check: CHECK}, interval}
}

describe('SlowChecks', () => {
  let slow: SlowChecks

  beforeEach(() => {
    slow = new SlowChecks()
  })

  const changed = (now: number) => [slow.refresh(now), Object.fromEntries(slow.factors)]

  it('knows the namespaces whose intervals are longer', () => {
    slow.setWanted([wanted('a', 5000), wanted('b', 12_340)])
    assert.deepEqual(changed(0), [true, {b: 2.5}])
    const {factors} = slow
    assert.deepEqual([slow.refresh(1), slow.factors === factors], [false, true])
    slow.setWanted([wanted('b', 5000)])
    assert.deepEqual(changed(2), [true, {}])
  })

  it('knows the namespaces whose probes wait for others, until none has waited for a minute', () => {
    slow.setWanted([wanted('a', 5000)])
    slow.noteStart('a', 2500, 5000, 0)
    assert.deepEqual(changed(0), [false, {}])
    slow.noteStart('a', 12_000, 5000, 1000)
    slow.noteStart('a', 3000, 5000, 2000)
    assert.deepEqual(changed(2000), [true, {a: 4}])
    assert.deepEqual(changed(61_000), [false, {a: 4}])
    assert.deepEqual(changed(61_001), [true, {}])
  })

  it('forgets a namespace that has no checks any more', () => {
    slow.setWanted([wanted('a', 5000)])
    slow.noteStart('a', 12_000, 5000, 0)
    slow.refresh(0)
    slow.setWanted([])
    assert.deepEqual(changed(1), [true, {}])
  })
})
