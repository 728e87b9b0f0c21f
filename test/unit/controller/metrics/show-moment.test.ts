import assert from 'node:assert/strict'
import {OLDEST_SUPPORTED} from '../../../../src/dataplane/nginx-capabilities.js'
import {showMoment, showVersion, type Moment} from '../../../../src/controller/metrics/show-moment.js'
import {newStatus} from '../../../../src/controller/status.js'
import {valueOf} from '../../../support/exposition.js'
import {aMoment, newInstruments, type Told} from './samples.js'

describe('showMoment', () => {
  let told: Told
  const ask = (moment: Partial<Moment> = {}) => {
    showMoment(told.instruments, aMoment(moment))
    return told.families()
  }

  beforeEach(() => {
    told = newInstruments()
  })

  it('tells what runs, and what it serves', async () => {
    const nginx = {serving: true, oldWorkers: 1, generation: 'abc'}
    const status = {...newStatus(), synced: true}
    const workers = [
      {generation: 'abc', state: 'current', count: 2} as const,
      {state: 'leaving', count: 3} as const,
    ]
    const families = await ask({nginx, status, workers, reloadPressure: 2500})
    assert.equal(valueOf(families, 'lbex_config_info', {generation: 'abc'}), 1)
    assert.equal(valueOf(families, 'lbex_last_apply_successful'), 1)
    assert.equal(valueOf(families, 'lbex_nginx_serving'), 1)
    assert.equal(valueOf(families, 'lbex_nginx_reload_backoff_seconds'), 2.5)
    assert.equal(valueOf(families, 'lbex_nginx_workers', {generation: 'abc', state: 'current'}), 2)
    assert.equal(valueOf(families, 'lbex_nginx_workers', {generation: 'unknown', state: 'leaving'}), 3)
  })

  it('tells what is wrong', async () => {
    const nginx = {serving: false, oldWorkers: 0}
    const families = await ask({nginx, status: {...newStatus(), synced: true, failure: 'no'}})
    assert.equal(valueOf(families, 'lbex_last_apply_successful'), 0)
    assert.equal(valueOf(families, 'lbex_nginx_serving'), 0)
    assert.deepEqual(await told.lines('lbex_config_info'), [])
    assert.equal(valueOf(await ask(), 'lbex_last_apply_successful'), 0)
  })

  it('tells how old the view of the cluster is, by kind and as a whole', async () => {
    const freshness = [
      {kind: 'Service', age: 1500, lists: 1, watches: 4},
      {kind: 'EndpointSlice', age: 130_000, lists: 2, watches: 9},
      {kind: 'Node', age: undefined, lists: 3, watches: 0},
    ]
    for (let time = 0; time < 2; time += 1) await ask({freshness})
    const families = await ask({freshness})
    assert.equal(valueOf(families, 'lbex_source_stale'), 1)
    assert.equal(valueOf(families, 'lbex_source_staleness_seconds'), 130)
    assert.deepEqual(await told.lines('lbex_source_kind_staleness_seconds'), [
      'lbex_source_kind_staleness_seconds{kind="Service"} 1.5',
      'lbex_source_kind_staleness_seconds{kind="EndpointSlice"} 130',
    ])
    assert.equal(valueOf(families, 'lbex_source_lists_total', {kind: 'Node'}), 3)
    assert.equal(valueOf(families, 'lbex_source_watches_total', {kind: 'EndpointSlice'}), 9)
  })

  it('tells the versions', async () => {
    showVersion(told.instruments, '2.0.0', OLDEST_SUPPORTED)
    const families = await told.families()
    assert.equal(valueOf(families, 'lbex_build_info', {version: '2.0.0', nginx_version: '1.22.1'}), 1)
  })
})
