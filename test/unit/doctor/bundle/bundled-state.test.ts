import assert from 'node:assert/strict'
import {bundledState} from '../../../../src/doctor/bundle/bundled-state.js'
import type {LbexState} from '../../../../src/core/state/lbex-state.js'
import {aServiceState, aState} from '../../../support/ui-states.js'

const SECRET = 'token-77ab'

describe('the state in a bundle', () => {
  const base = aState([aServiceState('web')])

  it('has the Services with their listeners and servers', () => {
    const {services} = JSON.parse(JSON.stringify(bundledState(base))) as LbexState
    assert.deepEqual(services, JSON.parse(JSON.stringify(base.services)))
  })

  it('has neither texts of other programs nor fields that are not on its list', () => {
    const quoting = `it answers "${SECRET}", since`
    const [listener] = aServiceState('web').listeners
    const server = {address: '10.0.0.7:80', healthy: false, problem: quoting, token: SECRET}
    const state: LbexState = {
      ...base,
      lbex: {
        ...{version: '2.0.0', pid: 7, startedAt: '', phase: 'resumed'},
        problems: [`the plugin says ${SECRET}`],
      },
      nginx: {version: '1.22.1', serving: true, oldWorkers: 0},
      source: {stale: true, kinds: [{kind: 'Service', age: 4, problem: SECRET}, {kind: 'Node'}]},
      traffic: {samplingRatio: 1},
      services: [
        aServiceState('web', {labels: {secret: SECRET}, listeners: [{...listener!, servers: [server]}]}),
      ],
      diagnostics: [{object: 'Node a', code: 'x', severity: 'error', message: 'bad', hint: 'fix it'}],
    }
    const text = JSON.stringify(bundledState(Object.assign(state, {token: SECRET})))
    assert.ok(!text.includes(SECRET))
    const {lbex, source, diagnostics} = JSON.parse(text) as LbexState
    assert.deepEqual([lbex?.problems, diagnostics], [1, state.diagnostics])
    assert.deepEqual(source, {
      stale: true,
      kinds: [
        {kind: 'Service', age: 4, failing: true},
        {kind: 'Node', failing: false},
      ],
    })
    assert.match(text, /"problem":"it answers \\"...\\", since"/)
  })

  it('works for an lbex that says little', () => {
    const {version, at, summary} = base
    const state = {version, at, summary, services: [], diagnostics: []}
    assert.deepEqual(bundledState(state), state)
  })
})
