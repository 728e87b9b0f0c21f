import assert from 'node:assert/strict'
import {RunState, type Moment} from '../../../../src/cli/run/run-state.js'
import {newStatus} from '../../../../src/controller/status.js'
import type {Diagnostic} from '../../../../src/diagnostics/diagnostic.js'
import {ChangeHistory} from '../../../../src/observe/change-history.js'
import {systemClock} from '../../../../src/util/clock.js'
import {options} from '../../../support/builders.js'
import {A_DEBUG_STATE} from '../../../support/ui-states.js'
import {FakeLog} from '../../../unit/controller/fakes.js'
import {anOutcome, aState} from '../../../unit/controller/metrics/samples.js'

describe('the version of the state', () => {
  it('follows what is served and the health of servers, and computes no states of Services', async () => {
    let moment: Moment = {...aState(), status: newStatus(), failedChecks: new Map()}
    let computed = 0
    const outcome = {
      ...anOutcome(),
      // Only the states of Services need them.
      get diagnostics(): readonly Diagnostic[] {
        computed += 1
        return []
      },
    }
    const state = new RunState({
      ...{directory: '/none', version: '2.0.0', options: options(), clock: systemClock, log: new FakeLog()},
      history: new ChangeHistory(),
    })
    const {version} = state.view(() => moment, {debug: () => A_DEBUG_STATE, metrics: undefined})
    const versions = [version()]
    const step = (change: () => void) => {
      change()
      versions.push(version())
      assert.equal(version(), versions.at(-1))
    }
    step(() => state.update(outcome))
    step(() => (moment = {...moment, failedChecks: new Map()}))
    step(() => state.update({...anOutcome()}))
    assert.equal(new Set(versions).size, versions.length)
    assert.equal(computed, 0)
    assert.deepEqual((await state.stateAt(moment)).services, [])
  })
})

describe('the state that several clients read at the same time', () => {
  it('is computed once for what NGINX serves, in slices', async () => {
    let computed = 0
    const outcome = {
      ...anOutcome(),
      get diagnostics(): readonly Diagnostic[] {
        computed += 1
        return []
      },
    }
    const shared = {directory: '/none', version: '2.0.0', options: options(), log: new FakeLog()}
    const state = new RunState({...shared, clock: systemClock, history: new ChangeHistory()})
    const moment: Moment = {...aState(), status: newStatus(), failedChecks: new Map()}
    state.update(outcome)
    const read = () => state.stateAt(moment)
    const [first, second] = await Promise.all([read(), read()])
    assert.equal(first.services, second.services)
    assert.equal(computed, 1)
    state.update({...anOutcome()})
    assert.notEqual((await read()).services, first.services)
  })
})
