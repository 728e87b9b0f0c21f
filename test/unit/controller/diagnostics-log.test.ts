import assert from 'node:assert/strict'
import {DiagnosticsLog} from '../../../src/controller/diagnostics-log.js'
import {FakeLog, finding} from './fakes.js'

describe('DiagnosticsLog', () => {
  it('logs what is new and what is gone, once, wherever it stands', () => {
    const log = new FakeLog()
    const diagnostics = new DiagnosticsLog(log)
    diagnostics.update([finding('a', 3)])
    diagnostics.update([
      finding('a', 12),
      {...finding('b'), severity: 'warning', hint: undefined, field: undefined},
    ])
    diagnostics.update([finding('a', 12)])
    const problem = 'protocol SCTP is not supported; this port is not exposed'
    const hint = 'NGINX supports TCP and UDP'
    const a = {code: 'port-protocol', object: 'Service default/a', problem, field: 'spec.ports[0]', hint}
    const b = {code: 'port-protocol', object: 'Service default/b', problem}
    assert.deepEqual(log.lines, [
      ['error', 'diagnostic appeared', {...a, location: 'a.yaml:3:3'}],
      ['warn', 'diagnostic appeared', b],
      ['info', 'diagnostic cleared', {...b, cleared: true}],
    ])
  })

  it('logs the first hundred of what is new or gone, and counts the others by code', () => {
    const log = new FakeLog()
    const diagnostics = new DiagnosticsLog(log)
    const many = Array.from({length: 5000}, (_, index) => finding(`s${index}`))
    diagnostics.update(many)
    assert.equal(log.lines.length, 101)
    const rest = {count: 4900, codes: {'port-protocol': 4900}}
    assert.deepEqual(log.lines.at(-1), ['warn', 'more diagnostics appeared', rest])
    diagnostics.update(many)
    assert.equal(log.lines.length, 101)
    diagnostics.update([])
    assert.equal(log.lines.length, 202)
    assert.deepEqual(log.lines.at(-1), ['info', 'more diagnostics cleared', rest])
  })
})
