import assert from 'node:assert/strict'
import type {FinishedReconcile} from '../../../../src/controller/loop.js'
import {countReconcile} from '../../../../src/controller/metrics/count-reconcile.js'
import {ReadFailure} from '../../../../src/controller/reconcile.js'
import {Failure} from '../../../../src/diagnostics/failure.js'
import {valueOf} from '../../../support/exposition.js'
import {FakeClock} from '../fake-clock.js'
import {anOutcome, newInstruments, refTo, served, type Told} from './samples.js'

describe('countReconcile', () => {
  let clock: FakeClock
  let told: Told
  const end = (finished: FinishedReconcile) => countReconcile(told.instruments, finished, clock.now())

  beforeEach(() => {
    clock = new FakeClock()
    told = newInstruments()
  })

  it('counts them by their end, and times those that had something to do', async () => {
    const failure = new Failure('no', {code: 'refused'})
    end({duration: 200, outcome: anOutcome()})
    end({duration: 2, outcome: anOutcome({changed: false})})
    end({duration: 100, failure})
    end({duration: 0, failure: new ReadFailure(failure)})
    assert.deepEqual(await told.lines('lbex_reconcile_total'), [
      'lbex_reconcile_total{result="applied"} 1',
      'lbex_reconcile_total{result="unchanged"} 1',
      'lbex_reconcile_total{result="read_failed"} 1',
      'lbex_reconcile_total{result="failed"} 1',
    ])
    assert.deepEqual(await told.lines('lbex_reconcile_duration_seconds_sum'), [
      'lbex_reconcile_duration_seconds_sum{result="applied"} 0.2',
      'lbex_reconcile_duration_seconds_sum{result="unchanged"} 0.002',
      'lbex_reconcile_duration_seconds_sum{result="failed"} 0.1',
    ])
  })

  it('dates the last good one', async () => {
    const name = 'lbex_last_apply_success_timestamp_seconds'
    assert.equal(valueOf(await told.families(), name), 0)
    await clock.advance(5500)
    end({duration: 1, outcome: anOutcome()})
    await clock.advance(5500)
    end({duration: 1, failure: new Failure('no', {code: 'refused'})})
    assert.equal(valueOf(await told.families(), name), 5.5)
  })

  it('tells how long changes of endpoints took, of the Services that are served', async () => {
    await clock.advance(10_000)
    const names = ['web', 'quarantined', 'other']
    end({
      duration: 1,
      outcome: anOutcome({
        services: [served('web', ['TCP']), served('quarantined', ['TCP'])],
        quarantined: [refTo('quarantined')],
        triggers: [...names.map((name) => ({service: refTo(name), at: 9600})), later('web')],
      }),
    })
    const families = await told.families()
    const name = 'lbex_network_programming_duration_seconds'
    assert.equal(valueOf(families, `${name}_count`), 2)
    assert.equal(valueOf(families, `${name}_sum`), 0.4)
    assert.equal(valueOf(families, `${name}_bucket`, {le: '0.25'}), 1)
    assert.equal(valueOf(families, `${name}_bucket`, {le: '0.5'}), 2)
  })
})

/** Where the clock of the cluster is ahead of ours. */
function later(name: string) {
  return {service: refTo(name), at: 10_200}
}
