import assert from 'node:assert/strict'
import {FailureLog} from '../../../src/controller/failure-log.js'
import {Failure} from '../../../src/diagnostics/failure.js'
import {FakeLog} from './fakes.js'

describe('FailureLog', () => {
  it('warns once for consecutive failures with the same code and text', () => {
    const log = new FakeLog()
    const failures = new FailureLog(log)
    for (const [message, code] of [
      ['a file is away', 'busy'],
      ['a file is away', 'busy'],
      ['another file is away', 'busy'],
      ['another file is away', 'refused'],
    ] as const)
      failures.noteFailure(new Failure(message, {code, temporary: true}), 0)
    assert.deepEqual(
      log.said.map((line) => line.split(' ')[0]),
      ['warn', 'debug', 'warn', 'warn'],
    )
  })
})
