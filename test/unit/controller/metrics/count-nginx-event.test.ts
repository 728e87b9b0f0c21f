import assert from 'node:assert/strict'
import {countNginxEvent} from '../../../../src/controller/metrics/count-nginx-event.js'
import type {NginxEvent} from '../../../../src/dataplane/data-plane.js'
import {valueOf} from '../../../support/exposition.js'
import {newInstruments} from './samples.js'

describe('countNginxEvent', () => {
  it('counts what NGINX does', async () => {
    const told = newInstruments()
    const count = (event: NginxEvent) => countNginxEvent(told.instruments, event)
    const reload = {type: 'reload', reason: 'change', duration: 120} as const
    count({type: 'start', result: 'confirmed', duration: 50})
    count({...reload, result: 'confirmed'})
    count({...reload, result: 'unconfirmed', duration: 30_000})
    count({type: 'test', result: 'refused', duration: 20})
    count({type: 'death'})
    const families = await told.families()
    const reloads = 'lbex_nginx_reloads_total'
    assert.equal(valueOf(families, 'lbex_nginx_starts_total', {result: 'confirmed'}), 1)
    assert.equal(valueOf(families, reloads, {result: 'confirmed', reason: 'change'}), 1)
    assert.equal(valueOf(families, reloads, {result: 'unconfirmed', reason: 'change'}), 1)
    assert.equal(valueOf(families, 'lbex_nginx_reload_duration_seconds_sum'), 0.12)
    assert.equal(valueOf(families, 'lbex_nginx_test_duration_seconds_sum', {result: 'refused'}), 0.02)
    assert.equal(valueOf(families, 'lbex_nginx_unexpected_exits_total'), 1)
  })
})
