import assert from 'node:assert/strict'
import {TriggerTimes} from '../../../../src/source/cluster/trigger-times.js'
import {object} from './scripted-access.js'

function triggered(name: string, at: string) {
  const {metadata} = object(name)
  return {metadata: {...metadata, annotations: {'endpoints.kubernetes.io/last-change-trigger-time': at}}}
}

describe('source/cluster/trigger-times', () => {
  it('gives each object once, with the time that has waited longest', () => {
    const times = new TriggerTimes()
    times.note(triggered('a', '2030-01-31T12:00:00Z'))
    times.note(triggered('a', '2030-01-31T12:00:05Z'))
    times.note(triggered('b', '2030-01-31T12:00:01.5Z'))
    assert.deepEqual(
      times.take(),
      ['2030-01-31T12:00:00Z', '2030-01-31T12:00:01.5Z'].map((time) => Date.parse(time)),
    )
    assert.deepEqual(times.take(), [])
  })

  it('passes by what says nothing', () => {
    const times = new TriggerTimes()
    times.note(object('a'))
    times.note(triggered('b', 'yesterday'))
    assert.deepEqual(times.take(), [])
  })
})
