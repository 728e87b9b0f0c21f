import assert from 'node:assert/strict'
import {TriggerTimes} from '../../../../src/sources/cluster/trigger-times.js'
import {object} from './scripted-access.js'

function triggered(name: string, at: string) {
  const {metadata} = object(name)
  return {metadata: {...metadata, annotations: {'endpoints.kubernetes.io/last-change-trigger-time': at}}}
}

describe('sources/cluster/trigger-times', () => {
  it('returns each object once, with the earliest time', () => {
    const times = new TriggerTimes(Date.parse('2030-01-31T00:00:00Z'))
    times.note(triggered('a', '2030-01-31T12:00:00Z'))
    times.note(triggered('a', '2030-01-31T12:00:05Z'))
    times.note(triggered('b', '2030-01-31T12:00:01.5Z'))
    const service = {kind: 'Service', namespace: 'default'}
    assert.deepEqual(times.take(), [
      {service: {...service, name: 'a'}, at: Date.parse('2030-01-31T12:00:00Z')},
      {service: {...service, name: 'b'}, at: Date.parse('2030-01-31T12:00:01.5Z')},
    ])
    assert.deepEqual(times.take(), [])
  })

  it('names the Service that the object belongs to', () => {
    const times = new TriggerTimes(0)
    const slice = triggered('web-x1', '2030-01-31T12:00:00Z')
    times.note({metadata: {...slice.metadata, labels: {'kubernetes.io/service-name': 'web'}}} as typeof slice)
    assert.deepEqual(
      times.take().map(({service}) => service.name),
      ['web'],
    )
  })

  it('passes by what says nothing, or speaks of a time before', () => {
    const times = new TriggerTimes(Date.parse('2030-01-31T00:00:00Z'))
    times.note(object('a'))
    times.note(triggered('b', 'yesterday'))
    times.note(triggered('c', '2030-01-30T23:59:59Z'))
    assert.deepEqual(times.take(), [])
  })
})
