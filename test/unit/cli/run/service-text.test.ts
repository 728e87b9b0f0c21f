import assert from 'node:assert/strict'
import {serviceText, type ServiceFacts} from '../../../../src/cli/run/service-text.js'

const serving: ServiceFacts = {
  status: {synced: true, resumed: false, stopping: false},
  nginxServes: true,
  counts: {services: 12, listeners: 30},
  onStop: 'leave',
}

describe('serviceText', () => {
  it('counts what is served', () => {
    assert.equal(serviceText(serving), 'serving 12 Services, 30 listeners')
    assert.equal(
      serviceText({...serving, counts: {services: 1, listeners: 1}}),
      'serving 1 Service, 1 listener',
    )
    assert.equal(serviceText({...serving, counts: undefined}), 'serving')
  })

  it('adds what is wrong', () => {
    const status = {...serving.status, failure: 'the disk is full', readFailure: 'not shown'}
    assert.equal(
      serviceText({
        ...serving,
        status,
        nginxServes: false,
        staleness: 'stale: no updates of Service for 130 s',
      }),
      'serving 12 Services, 30 listeners; NGINX does not serve; the disk is full; stale: no updates of Service for 130 s',
    )
  })

  it('says while it starts why it does not serve', () => {
    const status = {...serving.status, synced: false}
    const starting = {...serving, nginxServes: false, status}
    assert.equal(serviceText(starting), 'starting, nothing is served yet')
    assert.equal(
      serviceText({...starting, status: {...status, failure: 'the disk is full'}}),
      'starting, nothing is served yet; the disk is full',
    )
  })

  it('says that the last good configuration is served, and why', () => {
    const status = {synced: false, resumed: true, stopping: false, readFailure: 'connection refused'}
    assert.equal(serviceText({...serving, status}), 'serving the last good configuration; connection refused')
  })

  it('says what happens to NGINX when lbex stops', () => {
    const stopping = {...serving, status: {...serving.status, stopping: true}}
    assert.equal(serviceText(stopping), 'stopping; NGINX keeps serving')
    assert.equal(serviceText({...stopping, onStop: 'drain'}), 'stopping; NGINX finishes its connections')
  })
})
