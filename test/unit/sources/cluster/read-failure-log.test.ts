import assert from 'node:assert/strict'
import {ReadFailureLog} from '../../../../src/sources/cluster/read-failure-log.js'
import {FakeLog} from '../../controller/fakes.js'
import {failing} from './scripted-access.js'

describe('sources/cluster/read-failure-log', () => {
  let log: FakeLog
  let trouble: ReadFailureLog

  beforeEach(() => {
    log = new FakeLog()
    trouble = new ReadFailureLog(log, {kind: 'Service'})
  })

  it('tells what begins, and what ends', () => {
    trouble.begin(failing('api-refused'), 431.7, false)
    trouble.begin(failing('api-refused'), 900, false)
    trouble.end()
    trouble.end()
    const fields = {kind: 'Service', error: 'it is api-refused', code: 'api-refused'}
    assert.deepEqual(log.lines, [
      ['warn', 'reading the cluster failed, trying again', {...fields, delay: 432}],
      ['debug', 'reading the cluster failed, trying again', {...fields, delay: 900}],
      ['info', 'reading the cluster again', {kind: 'Service'}],
    ])
  })

  it('tells when it becomes another trouble', () => {
    trouble.begin(failing('api-refused'), 1, false)
    trouble.begin(failing('api-unauthorized'), 1, false)
    assert.deepEqual(log.said, Array(2).fill('warn reading the cluster failed, trying again'))
  })

  it('keeps to itself what is ordinary, and what somebody else tells', () => {
    trouble.begin(failing('api-gone'), 1, false)
    trouble.begin(failing('watch-silent'), 1, false)
    trouble.begin(failing('api-refused'), 1, true)
    trouble.end()
    assert.deepEqual(log.said, Array(3).fill('debug reading the cluster failed, trying again'))
  })
})
