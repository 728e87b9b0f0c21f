import assert from 'node:assert/strict'
import {reportServed} from '../../../../src/cli/run/report-served.js'
import {Failure} from '../../../../src/diagnostics/failure.js'
import {anOutcome} from '../../controller/metrics/samples.js'

describe('reportServed', () => {
  let calls: string[]
  const note = (what: string) => () => void calls.push(what)
  const observers = {
    metrics: {countReconcile: note('count'), notePartlyServed: note('partly')},
    publishing: {update: note('publish')},
    state: {update: note('state')},
    secrets: {note: note('secrets')},
    health: {watch: note('health')},
    traffic: {update: note('traffic')},
    drainer: {update: note('drain')},
    notifier: {noteReconciled: note('notify')},
  }

  beforeEach(() => {
    calls = []
  })

  const all = ['publish', 'state', 'secrets', 'health', 'traffic', 'drain']

  it('tells all of a reconcile', () => {
    reportServed(observers).onReconciled({outcome: anOutcome(), duration: 1})
    assert.deepEqual(calls, ['count', ...all, 'notify'])
  })

  it('counts a reconcile that failed', () => {
    const failure = new Failure('no', {code: 'refused'})
    reportServed(observers).onReconciled({failure, duration: 1})
    assert.deepEqual(calls, ['count', 'notify'])
  })

  it('tells all of what is served while the rest waits', () => {
    reportServed(observers).onPartlyServed(anOutcome())
    assert.deepEqual(calls, ['partly', ...all])
  })

  it('needs no observer', () => {
    reportServed({}).onReconciled({outcome: anOutcome(), duration: 1})
    reportServed({}).onPartlyServed(anOutcome())
    assert.deepEqual(calls, [])
  })
})
