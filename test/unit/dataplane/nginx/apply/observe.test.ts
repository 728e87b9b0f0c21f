import assert from 'node:assert/strict'
import {Failure} from '../../../../../src/diagnostics/failure.js'
import {exhausted, parseComplaint} from '../../../../../src/dataplane/nginx/process/complaint.js'
import type {NginxEvent} from '../../../../../src/dataplane/data-plane.js'
import {observeReload, observeStart, observeTest} from '../../../../../src/dataplane/nginx/apply/observe.js'
import {SteppingClock} from '../../../../support/nginx-clock.js'

const complaint = parseComplaint('[emerg] no')

describe('observing NGINX', () => {
  let clock: SteppingClock
  let events: NginxEvent[]
  const deps = () => ({clock, observe: (event: NginxEvent) => void events.push(event)})
  const taking = (milliseconds: number, result?: typeof complaint) => async () => {
    clock.advance(milliseconds)
    return result
  }
  const failing = (error: Error) => async () => {
    clock.advance(1)
    throw error
  }

  beforeEach(() => {
    clock = new SteppingClock(1000)
    events = []
  })

  it('tells how long something took and how it ended, and passes the result on', async () => {
    assert.equal(await observeTest(deps(), taking(20)), undefined)
    assert.equal(await observeTest(deps(), taking(30, complaint)), complaint)
    assert.equal(await observeStart(deps(), taking(40)), undefined)
    assert.equal(await observeReload(deps(), 'move', taking(50, complaint)), complaint)
    assert.deepEqual(events, [
      {type: 'test', result: 'accepted', duration: 20},
      {type: 'test', result: 'refused', duration: 30},
      {type: 'start', result: 'confirmed', duration: 40},
      {type: 'reload', reason: 'move', result: 'refused', duration: 50},
    ])
  })

  it('tells failures apart, and passes them on', async () => {
    const failures = ['nginx-unconfirmed', 'nginx-died', 'nginx-stopping', 'disk-full'].map(
      (code) => new Failure('it failed', {code}),
    )
    for (const error of [...failures, new DOMException('stop', 'AbortError'), new TypeError('a bug')]) {
      await assert.rejects(observeReload(deps(), 'change', failing(error)), error)
    }
    await assert.rejects(observeTest(deps(), failing(new DOMException('stop', 'AbortError'))), /stop/)
    await assert.rejects(observeTest(deps(), failing(new TypeError('a bug'))), TypeError)
    assert.deepEqual(
      events.map((event) => event.type !== 'death' && event.result),
      ['unconfirmed', 'died', 'abandoned', 'failed', 'abandoned', 'failed', 'abandoned', 'failed'],
    )
  })

  it('counts a test without a verdict as failed', async () => {
    await observeTest(deps(), taking(20, exhausted('nginx -t was ended by SIGKILL')))
    assert.deepEqual(events, [{type: 'test', result: 'failed', duration: 20}])
  })

  it('does not change what nobody watches', async () => {
    assert.equal(await observeStart({clock}, taking(1, complaint)), complaint)
  })
})
