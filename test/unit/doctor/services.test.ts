import assert from 'node:assert/strict'
import {diagnose, type Diagnostic} from '../../../src/diagnostics/diagnostic.js'
import {checkServices} from '../../../src/doctor/services.js'

const NOTHING = {services: [], shared: []}

function about(name: string): Diagnostic {
  const subject = {ref: {kind: 'Service', namespace: 'default', name}}
  return diagnose('port-protocol', {subject, args: {protocol: 'SCTP'}})
}

describe('the check of Services', () => {
  it('lists errors before warnings, with their fixes', () => {
    const warning: Diagnostic = {...about('a'), severity: 'warning'}
    const {hint: _, ...error} = about('b')
    const [count, first, second, ...others] = checkServices(NOTHING, [warning, error])
    assert.deepEqual([count?.state, count?.message, others], ['ok', '0 Services can be served', []])
    assert.equal(first?.message, `Service default/b: error port-protocol: ${error.message}`)
    assert.equal(first.fix, 'lbex check --explain port-protocol says more')
    assert.match(second?.message ?? '', /^Service default\/a: warning port-protocol: /)
    assert.equal(second?.fix, warning.hint)
  })

  it('counts what is not listed', () => {
    const many = (count: number) =>
      checkServices(
        NOTHING,
        Array.from({length: count}, (_, index) => about(`a${index}`)),
      )
    assert.equal(many(20).length, 21)
    assert.equal(many(21).at(-1)?.message, '1 more finding about the objects')
    assert.equal(many(23).at(-1)?.message, '3 more findings about the objects')
  })
})
