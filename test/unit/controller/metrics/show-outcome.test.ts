import assert from 'node:assert/strict'
import {showDiagnostics, showServices} from '../../../../src/controller/metrics/show-outcome.js'
import {finding} from '../fakes.js'
import {anOutcome, newInstruments, refTo, served} from './samples.js'

describe('the gauges of an outcome', () => {
  it('counts Services, listeners, servers and findings', async () => {
    const told = newInstruments()
    const services = [served('web', ['TCP', 'UDP'], 3), served('dns', ['UDP']), served('bad', ['TCP'])]
    const diagnostics = [finding('web'), finding('a'), finding('a'), finding('b'), finding('bad')]
    const outcome = anOutcome({services, diagnostics, quarantined: [refTo('bad')]})
    showServices(told.instruments, outcome)
    showDiagnostics(told.instruments, outcome.diagnostics)
    assert.deepEqual(await told.lines('lbex_services'), [
      'lbex_services{state="served"} 2',
      'lbex_services{state="rejected"} 2',
      'lbex_services{state="quarantined"} 1',
    ])
    assert.deepEqual(await told.lines('lbex_listeners'), [
      'lbex_listeners{protocol="TCP"} 1',
      'lbex_listeners{protocol="UDP"} 2',
    ])
    assert.deepEqual(await told.lines('lbex_upstream_servers'), ['lbex_upstream_servers 7'])
    assert.deepEqual(await told.lines('lbex_diagnostics'), [
      'lbex_diagnostics{code="port-protocol",severity="error"} 5',
    ])
    showDiagnostics(told.instruments, [])
    assert.deepEqual(await told.lines('lbex_diagnostics'), [])
  })
})
