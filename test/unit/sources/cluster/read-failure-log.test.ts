import assert from 'node:assert/strict'
import {ReadFailureLog} from '../../../../src/sources/cluster/read-failure-log.js'
import {FakeLog} from '../../controller/fakes.js'
import {failing} from './scripted-access.js'

describe('sources/cluster/read-failure-log', () => {
  let log: FakeLog
  let failures: ReadFailureLog

  beforeEach(() => {
    log = new FakeLog()
    failures = new ReadFailureLog(log, {kind: 'Service'})
  })

  it('logs the begin and the end of a failure', () => {
    failures.begin(failing('api-refused'), 431.7, false)
    failures.begin(failing('api-refused'), 900, false)
    failures.end()
    failures.end()
    const fields = {kind: 'Service', error: 'it is api-refused', code: 'api-refused'}
    assert.deepEqual(log.lines, [
      ['warn', 'reading the cluster failed, retrying', {...fields, delay: 432}],
      ['debug', 'reading the cluster failed, retrying', {...fields, delay: 900}],
      ['info', 'reading the cluster works again', {kind: 'Service'}],
    ])
  })

  it('logs another failure', () => {
    failures.begin(failing('api-refused'), 1, false)
    failures.begin(failing('api-unauthorized'), 1, false)
    assert.deepEqual(log.said, Array(2).fill('warn reading the cluster failed, retrying'))
  })

  it('logs normal ends and quiet failures at level debug', () => {
    failures.begin(failing('api-gone'), 1, false)
    failures.begin(failing('watch-silent'), 1, false)
    failures.begin(failing('api-refused'), 1, true)
    failures.end()
    assert.deepEqual(log.said, Array(3).fill('debug reading the cluster failed, retrying'))
  })
})
