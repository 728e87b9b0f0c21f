import assert from 'node:assert/strict'
import {diagnose, type Diagnostic} from '../../../src/diagnostics/diagnostic.js'
import {reporter} from '../../../src/diagnostics/reporter.js'

const subject = {ref: {kind: 'Service', namespace: 'default', name: 'web'}}

describe('reporter', () => {
  it('appends diagnostics about its subject', () => {
    const found: Diagnostic[] = []
    reporter(subject, found)('port-invalid', {field: ['spec'], args: {value: 'x'}})
    assert.deepEqual(found, [diagnose('port-invalid', {subject, field: ['spec'], args: {value: 'x'}})])
  })

  it('says the same thing about the same field only once', () => {
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
})
