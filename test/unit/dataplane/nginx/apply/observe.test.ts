import assert from 'node:assert/strict'
import {Failure} from '../../../../../src/diagnostics/failure.js'
import {exhausted, parseRefusal} from '../../../../../src/dataplane/nginx/process/refusal.js'
import type {NginxEvent} from '../../../../../src/dataplane/data-plane.js'
import {observeReload, observeStart, observeTest} from '../../../../../src/dataplane/nginx/apply/observe.js'
import {SteppingClock} from '../../../../support/nginx-clock.js'

const refusal = parseRefusal('[emerg] no')

describe('observing NGINX', () => {
  let clock: SteppingClock
  let events: NginxEvent[]
  const deps = () => ({clock, observe: (event: NginxEvent) => void events.push(event)})
  const taking = (milliseconds: number, result?: typeof refusal) => async () => {
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

  it('reports the duration and the result, and returns the result', async () => {
    assert.equal(await observeTest(deps(), taking(20)), undefined)
    assert.equal(await observeTest(deps(), taking(30, refusal)), refusal)
    assert.equal(await observeStart(deps(), taking(40)), undefined)
    assert.equal(await observeReload(deps(), 'move', taking(50, refusal)), refusal)
    assert.deepEqual(events, [
      {type: 'test', result: 'accepted', duration: 20},
      {type: 'test', result: 'refused', duration: 30},
      {type: 'start', result: 'confirmed', duration: 40},
      {type: 'reload', reason: 'move', result: 'refused', duration: 50},
    ])
  })

  it('distinguishes failures, and rethrows them', async () => {
    const failures = ['nginx-unconfirmed', 'nginx-died', 'nginx-stopping', 'disk-full'].map(
      (code) => new Failure('it failed', {code}),
    )
    for (const error of [...failures, new DOMException('stop', 'AbortError'), new TypeError('a bug')]) {
      await assert.rejects(observeReload(deps(), 'change', failing(error)), error)
    }
    await assert.rejects(observeTest(deps(), failing(new DOMException('stop', 'AbortError'))), /stop/)
    await assert.rejects(observeTest(deps(), failing(new TypeError('a bug'))), TypeError)
    assert.deepEqual(
      events.map((event) => event.type !== 'unexpected-exit' && event.result),
      ['unconfirmed', 'died', 'abandoned', 'failed', 'abandoned', 'failed', 'abandoned', 'failed'],
    )
  })

  it('reports a configtest without a result as failed', async () => {
    await observeTest(deps(), taking(20, exhausted('nginx -t was ended by SIGKILL')))
    assert.deepEqual(events, [{type: 'test', result: 'failed', duration: 20}])
  })

  it('works without an observer', async () => {
    assert.equal(await observeStart({clock}, taking(1, refusal)), refusal)
  })
})
