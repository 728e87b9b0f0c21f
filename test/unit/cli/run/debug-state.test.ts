import assert from 'node:assert/strict'
import {debugState, debugView, type DebugInput} from '../../../../src/cli/run/debug-state.js'
import {LoopRecord} from '../../../../src/controller/loop-record.js'
import {Failure} from '../../../../src/diagnostics/failure.js'
import type {KindFreshness} from '../../../../src/sources/snapshot-source.js'
import {FakeClock} from '../../controller/fake-clock.js'
import {FakeNginx, FakeSource} from '../../controller/fakes.js'

const NOW = Date.parse('2026-01-02T03:04:05.000Z')
const LBEX = {version: '2.0.0', pid: 7, startedAt: '2026-01-02T03:00:00.000Z', phase: 'serving'} as const
const NGINX = {
  ...{version: '1.22.1', plus: false, liveUpdates: false, realClientAddress: true, serverNames: true},
  ...{serving: true, oldWorkers: 0},
}
const SECRET = 'plugin-token-5f0c'

function inputOf(more: Partial<DebugInput> = {}): DebugInput {
  const quiet = {publishing: undefined, health: undefined, traffic: undefined}
  const record = new LoopRecord(new FakeClock())
  return {lbex: LBEX, now: NOW, record, nginx: new FakeNginx(), freshness: [], ...quiet, ...more}
}

describe('the debug state', () => {
  it('has little while nothing happens', () => {
    assert.deepEqual(debugState(inputOf()), {
      ...{version: 1, at: '2026-01-02T03:04:05.000Z', lbex: LBEX},
      ...{backoffs: [], quarantine: [], queues: {}, nginx: NGINX},
    })
  })

  it('has what lbex did last, and what waits since when and until when', () => {
    const nginx = new FakeNginx()
    nginx.state = {serving: false, oldWorkers: 3, generation: 'abc'}
    nginx.moreDetails = {
      quarantine: [
        {owners: [{kind: 'Service', namespace: 'shop', name: 'web'}], reason: 'refused'},
        {owners: [{kind: 'Service', namespace: 'shop', name: 'api'}], reason: 'exhausting', retryIn: 60_000},
      ],
      live: {working: false, revision: 9, entries: 2, failures: 1, pausedFor: 5000, suspect: true},
    }
    const kind: KindFreshness = {kind: 'Service', age: 90_000, lists: 1, watches: 4}
    const state = debugState(
      inputOf({
        nginx,
        record: {
          unservedSince: NOW - 2000,
          lastApply: {at: NOW - 9000, took: 120.4, generation: 'abc', changed: true, reloads: 1, live: false},
          lastFailure: {at: NOW - 1000, step: 'apply', code: 'nginx-refused', reason: 'NGINX rejects it'},
          retry: {failures: 2, at: NOW + 1000},
        },
        freshness: [
          {...kind, failure: new Failure(SECRET, {code: 'api-timeout'}), retryIn: 4000},
          {...kind, kind: 'Node', failure: new Failure(SECRET, {code: 'api-forbidden'})},
          {...kind, kind: 'EndpointSlice'},
        ],
        publishing: {
          leader: {lease: 'lbex/leader', isLeader: false, holder: 'b', expiresIn: 15_000},
          own: {lease: 'lbex/host-a', renewedAgo: 3000},
          fresh: [{name: 'a', addresses: ['192.0.2.1'], ready: true}],
          writes: {
            ...{pending: 5, events: 2, running: 1, pausedFor: 7000},
            scopes: new Map([['status/shop', 300_000]]),
          },
        },
        health: {targets: 4, failing: 1, running: 2, waiting: 1, succeeded: 10, failed: 3},
        traffic: {read: 7, skipped: 1, invalid: 0, unknown: 0, series: 3, samplingRatio: 0.5},
      }),
    )
    assert.deepEqual(state, {
      ...{version: 1, at: '2026-01-02T03:04:05.000Z', lbex: LBEX},
      pendingChange: {since: '2026-01-02T03:04:03.000Z'},
      lastApply: {
        ...{at: '2026-01-02T03:03:56.000Z', seconds: 0.12, generation: 'abc'},
        ...{changed: true, reloads: 1, live: false},
      },
      lastFailure: {
        ...{at: '2026-01-02T03:04:04.000Z', step: 'apply', code: 'nginx-refused', reason: 'NGINX rejects it'},
      },
      backoffs: [
        {of: 'reconcile', failures: 2, until: '2026-01-02T03:04:06.000Z'},
        {of: 'watch of Service', code: 'api-timeout', until: '2026-01-02T03:04:09.000Z'},
        {of: 'watch of Node', code: 'api-forbidden'},
        {of: 'live updates', until: '2026-01-02T03:04:10.000Z'},
        {of: 'writes', until: '2026-01-02T03:04:12.000Z'},
        {of: 'writes of status/shop', until: '2026-01-02T03:09:05.000Z'},
      ],
      quarantine: [
        {services: ['shop/web'], reason: 'refused'},
        {services: ['shop/api'], reason: 'exhausting', until: '2026-01-02T03:05:05.000Z'},
      ],
      leases: {
        leader: {
          ...{lease: 'lbex/leader', isLeader: false, holder: 'b', until: '2026-01-02T03:04:20.000Z'},
        },
        own: {lease: 'lbex/host-a', renewed: '2026-01-02T03:04:02.000Z'},
        fresh: [{name: 'a', ready: true}],
      },
      queues: {
        publisher: {pending: 5, events: 2, running: 1},
        health: {targets: 4, running: 2, waiting: 1},
        traffic: {read: 7, skipped: 1, invalid: 0, unknown: 0, series: 3, samplingRatio: 0.5},
      },
      liveUpdates: {working: false, revision: 9, entries: 2, failures: 1, suspect: true},
      nginx: {...NGINX, serving: false, generation: 'abc', oldWorkers: 3},
    })
    assert.ok(!JSON.stringify(state).includes(SECRET))
  })

  it('leaves out everything that is not on its list', () => {
    const nginx = new FakeNginx()
    const extra = {token: SECRET}
    nginx.moreDetails = {
      quarantine: [Object.assign({owners: [], reason: 'refused' as const}, extra)],
      live: Object.assign({working: true, revision: 1, failures: 0, pausedFor: 0, suspect: false}, extra),
    }
    const record = {unservedSince: undefined, lastApply: undefined, lastFailure: undefined, retry: undefined}
    const state = debugState(inputOf({nginx, record, lbex: Object.assign({...LBEX}, extra)}))
    assert.ok(!JSON.stringify(state).includes(SECRET))
  })

  it('asks the parts of lbex at the moment of a request', () => {
    const clock = new FakeClock()
    const nginx = new FakeNginx()
    const view = debugView({clock, nginx, source: new FakeSource()}, new LoopRecord(clock))
    assert.equal(view(LBEX).nginx.serving, true)
    nginx.state = {serving: false, oldWorkers: 0}
    assert.equal(view(LBEX).nginx.serving, false)
  })
})
