import assert from 'node:assert/strict'
import {healthChecks} from '../../../src/controller/health-checks.js'
import {newStatus} from '../../../src/controller/status.js'

const serving = {serving: true, oldWorkers: 0}

describe('healthChecks', () => {
  it('passes if everything works', () => {
    assert.deepEqual(healthChecks({...newStatus(), synced: true}, serving, 1000, undefined), {
      health: [{name: 'nginx'}],
      live: [{name: 'loop'}],
      ready: [{name: 'sync'}, {name: 'apply'}, {name: 'freshness'}, {name: 'nginx'}, {name: 'shutdown'}],
    })
  })

  it('names the problem of each failed check', () => {
    const status = {...newStatus(), failure: 'the disk is full', stopping: true, busySince: 1000}
    assert.deepEqual(healthChecks(status, {serving: false, oldWorkers: 0}, 121_001, undefined), {
      health: [{name: 'nginx', problem: 'NGINX does not serve'}],
      live: [{name: 'loop', problem: 'the reconcile has been running for 120 s'}],
      ready: [
        {name: 'sync', problem: 'nothing has been applied yet'},
        {name: 'apply', problem: 'the disk is full'},
        {name: 'freshness'},
        {name: 'nginx', problem: 'NGINX does not serve'},
        {name: 'shutdown', problem: 'lbex is stopping'},
      ],
    })
  })

  it('passes with a remark while the cluster is unreachable', () => {
    const status = {...newStatus(), resumed: true}
    assert.deepEqual(healthChecks(status, serving, 1000, 'stale: no updates').ready, [
      {
        name: 'sync',
        remark: 'the last good configuration is served, nothing could be read since the start',
      },
      {name: 'apply'},
      {name: 'freshness', remark: 'stale: no updates'},
      {name: 'nginx'},
      {name: 'shutdown'},
    ])
    assert.deepEqual(healthChecks({...status, synced: true}, serving, 1000, undefined).ready[0], {
      name: 'sync',
    })
  })

  it('passes with a remark if servers differ from the configuration, or cannot change without a reload', () => {
    const checkOf = (upstreams: number, working = true) =>
      healthChecks(newStatus(), serving, 1000, undefined, {upstreams, working}).ready[4]
    const name = 'live-updates'
    assert.deepEqual(checkOf(0), {name})
    const until = 'other servers than in the configuration, until the next reload'
    assert.deepEqual(checkOf(1), {name, remark: `1 upstream has ${until}`})
    assert.deepEqual(checkOf(2), {name, remark: `2 upstreams have ${until}`})
    const remark = 'NGINX does not accept changes of servers, so every change is a reload'
    assert.deepEqual(checkOf(0, false), {name, remark})
  })

  it('says how many listeners are open, and never fails for those that are not', () => {
    const checkOf = (open: number, unavailable: number) =>
      healthChecks({...newStatus(), listeners: {open, unavailable}}, serving, 1000, undefined).ready[4]
    assert.deepEqual(checkOf(3, 0), {name: 'listeners', remark: '3 of 3 open'})
    const why = 'this host cannot open the others, see port-held in the log'
    assert.deepEqual(checkOf(1, 2), {name: 'listeners', remark: `1 of 3 open: ${why}`})
  })

  it('passes while a reconcile takes less than the limit', () => {
    assert.deepEqual(healthChecks({...newStatus(), busySince: 1000}, serving, 121_000, undefined).live, [
      {name: 'loop'},
    ])
  })
})
