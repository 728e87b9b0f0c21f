import assert from 'node:assert/strict'
import {diagnose, type Diagnostic} from '../../../src/diagnostics/diagnostic.js'
import {MOST_LISTED, reporter} from '../../../src/diagnostics/reporter.js'

const subject = {ref: {kind: 'Service', namespace: 'default', name: 'web'}}

describe('reporter', () => {
  it('appends diagnostics about its subject', () => {
    const found: Diagnostic[] = []
    reporter(subject, found)('port-invalid', {field: ['spec'], args: {value: 'x'}})
    assert.deepEqual(found, [diagnose('port-invalid', {subject, field: ['spec'], args: {value: 'x'}})])
  })

  it('adds an equal diagnostic about the same field only once', () => {
    const found: Diagnostic[] = []
    const report = reporter(subject, found)
    report('nodes-lost', {field: ['spec', 'ports', 0], args: {nodes: 2}})
    report('nodes-lost', {field: ['spec', 'ports', 0], args: {nodes: 2}})
    report('nodes-lost', {field: ['spec', 'ports', 1], args: {nodes: 2}})
    report('nodes-lost', {field: ['spec', 'ports', 1], args: {nodes: 3}})
    report('nodes-lost', {args: {nodes: 3}})
    assert.deepEqual(
      found.map(({field, message}) => [field?.[2], /\d/.exec(message)?.[0]]),
      [
        [0, '2'],
        [1, '2'],
        [1, '3'],
        [undefined, '3'],
      ],
    )
  })

  it('lists up to MOST_LISTED diagnostics of a code, and counts the others', () => {
    const found: Diagnostic[] = []
    const report = reporter(subject, found)
    let made = 0
    for (let index = 0; index < 3000; index += 1) {
      const args = (): {value: string} => ({value: `x${(made += 1)}`})
      report('port-invalid', {field: ['spec', 'ports', index], args})
      report('port-invalid', {field: ['spec', 'ports', index], args: {value: 'the same'}})
    }
    report('nodes-lost', {args: {nodes: 3}})
    const listed = found.filter(({code}) => code === 'port-invalid')
    assert.equal(listed.length, MOST_LISTED)
    assert.deepEqual(
      found.filter(({code}) => code !== 'port-invalid').map(({message}) => message),
      [
        'port-invalid was found in 2975 more places; only the first 50 findings are listed',
        'all 3 nodes behind this port are NotReady; lbex keeps sending traffic to them',
      ],
    )
    assert.equal(made, 25, 'nothing is computed for a finding that is only counted')
  })

  it('does not count an equal diagnostic again when the list is full', () => {
    const found: Diagnostic[] = []
    const report = reporter(subject, found)
    for (let twice = 0; twice < 2; twice += 1) {
      for (let index = 0; index < MOST_LISTED; index += 1)
        report('nodes-lost', {field: ['spec', 'ports', index], args: {nodes: 2}})
    }
    assert.equal(found.length, MOST_LISTED)
  })
})
