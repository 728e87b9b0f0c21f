import assert from 'node:assert/strict'
import {logNginxEvent} from '../../../src/controller/nginx-event-log.js'
import {FakeLog} from './fakes.js'

describe('logNginxEvent', () => {
  it('logs configtests, reloads and live updates with their result and duration', () => {
    const log = new FakeLog()
    logNginxEvent(log, {type: 'test', result: 'accepted', duration: 12.4})
    logNginxEvent(log, {type: 'reload', reason: 'change', result: 'confirmed', duration: 110.6})
    logNginxEvent(log, {type: 'live-update', result: 'confirmed', upstreams: 2, duration: 1.6})
    logNginxEvent(log, {type: 'start', result: 'confirmed', duration: 50})
    logNginxEvent(log, {type: 'unexpected-exit'})
    assert.deepEqual(log.lines, [
      ['debug', 'configtest finished', {result: 'accepted', duration: 12}],
      ['debug', 'NGINX reload finished', {reason: 'change', result: 'confirmed', duration: 111}],
      [
        'debug',
        'change of servers without a reload finished',
        {result: 'confirmed', upstreams: 2, duration: 2},
      ],
    ])
  })
})
