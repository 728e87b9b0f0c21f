import assert from 'node:assert/strict'
import {DrainPlan} from '../../../../src/controller/drain/drain-plan.js'
import type {LoadBalancer} from '../../../../src/core/model/load-balancer.js'
import {drainedListener, drainedServices, type DrainedService} from '../../../support/drained-services.js'

const NONE: ReadonlySet<string> = new Set()
const MINUTE = 60_000

describe('DrainPlan', () => {
  let plan: DrainPlan
  beforeEach(() => {
    plan = new DrainPlan()
  })

  const serve = (now: number, services: Readonly<Record<string, DrainedService>>, rejected = NONE): void =>
    plan.update(drainedServices(services), rejected, now)
  const portsDue = (now: number): number[] => plan.due(now).map(({port}) => port)

  it('ends the connections to a server after the drain timeout of its Service, and not earlier', () => {
    serve(0, {web: {to: [1, 2], timeout: MINUTE}})
    assert.deepEqual([plan.nextDue, portsDue(Infinity)], [Infinity, []])
    serve(1000, {web: {to: [2], timeout: MINUTE}})
    assert.equal(plan.nextDue, 1000 + MINUTE)
    assert.deepEqual(portsDue(999 + MINUTE), [])
    assert.deepEqual(plan.due(1000 + MINUTE), [{address: '127.0.0.1', port: 1, protocol: 'TCP'}])
  })

  it('keeps the time when other servers change, and when the Service does', () => {
    serve(0, {web: {to: [1, 2, 3], timeout: MINUTE}})
    serve(1000, {web: {to: [2, 3], timeout: MINUTE}})
    serve(2000, {web: {to: [3], timeout: 2 * MINUTE}})
    serve(3000, {})
    assert.equal(plan.nextDue, 1000 + MINUTE)
    assert.deepEqual(portsDue(2000 + MINUTE), [1, 2])
    assert.deepEqual(portsDue(3000 + 2 * MINUTE), [1, 2, 3])
  })

  it('also when the Service is deleted, and when all Services are', () => {
    serve(0, {api: {to: [2]}, web: {to: [1], timeout: MINUTE}})
    serve(0, {api: {to: [2]}})
    assert.deepEqual(portsDue(MINUTE), [1])
    serve(1, {})
    assert.deepEqual(portsDue(MINUTE), [1])
  })

  it('also when the server is marked down', () => {
    serve(0, {web: {to: [1, 2], timeout: MINUTE}})
    serve(0, {web: {to: [2], down: [1], timeout: MINUTE}})
    assert.deepEqual(portsDue(MINUTE), [1])
  })

  it('does nothing without a drain timeout', () => {
    serve(0, {web: {to: [1, 2]}})
    serve(1, {web: {to: [2]}})
    assert.deepEqual([portsDue(Infinity), plan.isIdle], [[], true])
  })

  it('is cancelled when the server comes back', () => {
    serve(0, {web: {to: [1, 2], timeout: MINUTE}})
    serve(1, {web: {to: [2], timeout: MINUTE}})
    serve(2, {web: {to: [1, 2], timeout: MINUTE}})
    assert.deepEqual(portsDue(Infinity), [])
    serve(3, {web: {to: [2], timeout: MINUTE}})
    assert.equal(plan.nextDue, 3 + MINUTE)
  })

  it('waits until the last Service that uses the server leaves it, and takes the longest drain timeout', () => {
    serve(0, {api: {to: [1], timeout: 5 * MINUTE}, web: {to: [1], timeout: MINUTE}})
    serve(0, {api: {to: [], timeout: 5 * MINUTE}, web: {to: [1], timeout: MINUTE}})
    assert.deepEqual(portsDue(Infinity), [])
    serve(MINUTE, {})
    assert.equal(plan.nextDue, 5 * MINUTE)
  })

  it('never ends connections to a server that a Service without a drain timeout has used meanwhile', () => {
    serve(0, {api: {to: [1]}, web: {to: [1], timeout: MINUTE}})
    serve(1, {web: {to: [1], timeout: MINUTE}})
    serve(2, {web: {to: [], timeout: MINUTE}})
    assert.deepEqual(portsDue(Infinity), [])
  })

  it('remembers a Service without a drain timeout that gives the server to another one', () => {
    serve(0, {api: {to: [1]}, web: {to: [2], timeout: MINUTE}})
    serve(1, {web: {to: [1, 2], timeout: MINUTE}})
    serve(2, {web: {to: [2], timeout: MINUTE}})
    assert.deepEqual(portsDue(Infinity), [])
  })

  it('does not let a Service shorten the time of another one, or end its connections, with a server that left', () => {
    const other = {to: [9], timeout: 2 * MINUTE}
    serve(0, {api: {to: [1]}, web: {to: [2], timeout: 2 * MINUTE}, other})
    serve(1, {other})
    serve(2, {other, thief: {to: [1, 2], timeout: 1}})
    serve(3, {other})
    assert.equal(plan.nextDue, 1 + 2 * MINUTE)
    assert.deepEqual(portsDue(Infinity), [2])
  })

  it('forgets who used a server when no Service has a drain timeout any more', () => {
    serve(0, {api: {to: [1]}, web: {to: [2], timeout: MINUTE}})
    serve(1, {web: {to: [2], timeout: MINUTE}})
    assert.equal(plan.remember(1).kept.length, 1)
    serve(2, {web: {to: [2]}})
    assert.equal(plan.isIdle, true)
  })

  it('remembers a limited number of servers whose connections are never ended', () => {
    const to = Array.from({length: 20_010}, (_, index) => index + 1)
    const web = {to: [30_000], timeout: MINUTE}
    serve(0, {api: {to}, web})
    serve(1, {web})
    const {kept} = plan.remember(1)
    assert.deepEqual([kept.length, kept[0]?.port], [20_000, 11])
  })

  it('does not end the connections of another Service of a shared listener', () => {
    const shared = (services: Readonly<Record<string, DrainedService>>): LoadBalancer => ({
      services: [],
      shared: [drainedListener(services)],
    })
    const thief = {to: [1, 2], timeout: 1}
    plan.update(shared({api: {to: [1]}, thief}), NONE, 0)
    plan.update(shared({thief}), NONE, 1)
    plan.update(shared({thief: {to: [], timeout: 1}}), NONE, 2)
    assert.deepEqual(portsDue(Infinity), [2])
  })

  it('uses the drain timeout that the Service had when the server left', () => {
    serve(0, {web: {to: [1, 2]}})
    serve(1, {web: {to: [1, 2], timeout: MINUTE}})
    serve(2, {web: {to: [2], timeout: 3 * MINUTE}})
    assert.equal(plan.nextDue, 2 + MINUTE)
  })

  it('keeps TCP and UDP apart', () => {
    serve(0, {dns: {to: [53], protocol: 'UDP', timeout: MINUTE}, web: {to: [53], timeout: MINUTE}})
    serve(0, {web: {to: [53], timeout: MINUTE}})
    assert.deepEqual(plan.due(MINUTE), [{address: '127.0.0.1', port: 53, protocol: 'UDP'}])
  })

  it('knows the servers of shared listeners', () => {
    const shared = (services: Readonly<Record<string, DrainedService>>): LoadBalancer => ({
      services: [],
      shared: [drainedListener(services)],
    })
    const api = {to: [2], timeout: 2 * MINUTE}
    plan.update(shared({api, web: {to: [1], timeout: MINUTE}}), NONE, 0)
    plan.update(shared({api}), NONE, 0)
    assert.deepEqual([portsDue(MINUTE), portsDue(Infinity)], [[1], [1]])
  })

  it('takes the longer drain timeout of two upstreams of one listener', () => {
    const both = {api: {to: [1], timeout: MINUTE}, web: {to: [1], timeout: 2 * MINUTE}}
    plan.update({services: [], shared: [drainedListener(both)]}, NONE, 0)
    plan.update({services: [], shared: []}, NONE, 0)
    assert.equal(plan.nextDue, 2 * MINUTE)
  })

  it('keeps the servers of a Service whose new configuration NGINX rejects', () => {
    const rejected = new Set(['default/web'])
    serve(0, {api: {to: [3], timeout: MINUTE}, web: {to: [1], timeout: MINUTE}})
    serve(1, {api: {to: [], timeout: MINUTE}, web: {to: [2], timeout: MINUTE}}, rejected)
    assert.deepEqual(portsDue(Infinity), [3])
    serve(2, {api: {to: [], timeout: MINUTE}}, rejected)
    assert.deepEqual(portsDue(Infinity), [3])
    serve(3, {api: {to: [], timeout: MINUTE}, web: {to: [2], timeout: MINUTE}})
    assert.deepEqual(portsDue(Infinity), [3, 1])
  })

  it('is over when the connections have ended', () => {
    serve(0, {web: {to: [1], timeout: MINUTE}})
    serve(0, {})
    plan.finish(plan.due(MINUTE))
    assert.deepEqual([portsDue(Infinity), plan.nextDue, plan.isIdle], [[], Infinity, true])
  })

  it('checks a server again, a limited number of times', () => {
    serve(0, {web: {to: [1], timeout: MINUTE}})
    serve(0, {})
    const due = plan.due(MINUTE)
    plan.postpone(due, 2 * MINUTE, 2)
    assert.deepEqual([portsDue(MINUTE), portsDue(2 * MINUTE)], [[], [1]])
    serve(1, {web: {to: [2], timeout: MINUTE}})
    assert.equal(plan.nextDue, 2 * MINUTE)
    plan.postpone(due, 3 * MINUTE, 2)
    assert.deepEqual(portsDue(Infinity), [])
    plan.postpone(due, 3 * MINUTE, 2)
    assert.deepEqual(portsDue(Infinity), [])
  })

  describe('after a restart of lbex', () => {
    const server = (port: number) => ({address: '127.0.0.1', port, protocol: 'TCP' as const})
    const used = (port: number, milliseconds: number) => ({...server(port), milliseconds})

    it('continues: what left meanwhile leaves now, and what left earlier has the rest of its time', () => {
      serve(0, {web: {to: [1, 2, 3], timeout: MINUTE}, api: {to: [4]}})
      serve(0, {web: {to: [1, 2], timeout: MINUTE}, api: {to: [4]}})
      const memory = plan.remember(10_000)
      assert.deepEqual(memory, {
        used: [used(1, MINUTE), used(2, MINUTE)],
        leaving: [used(3, 50_000)],
        kept: [],
      })
      plan = new DrainPlan(memory)
      assert.deepEqual([plan.isIdle, plan.remember(0)], [false, memory])
      serve(5, {web: {to: [2], timeout: MINUTE}})
      assert.deepEqual(portsDue(5 + 50_000), [3])
      assert.deepEqual(portsDue(5 + MINUTE), [1, 3])
    })

    it('ends nothing that came back', () => {
      plan = new DrainPlan({used: [used(1, MINUTE)], leaving: [used(2, 1)], kept: []})
      serve(0, {web: {to: [1, 2]}})
      assert.deepEqual(portsDue(Infinity), [])
      assert.equal(plan.isIdle, true)
    })

    it('ends no connections of an earlier Service without a drain timeout, or with a longer one', () => {
      plan = new DrainPlan({
        used: [used(1, MINUTE)],
        leaving: [used(2, 3 * MINUTE)],
        kept: [server(3), server(4)],
      })
      const web = {to: [5], timeout: MINUTE}
      serve(0, {web, thief: {to: [1, 2, 3], timeout: 1}})
      plan = new DrainPlan(plan.remember(0))
      serve(0, {web, thief: {to: [1, 2, 3, 4], timeout: 1}})
      serve(1, {web})
      assert.deepEqual([portsDue(MINUTE), portsDue(3 * MINUTE), portsDue(Infinity)], [[1], [1, 2], [1, 2]])
    })

    it('waits while NGINX rejects a Service, whose servers are not known', () => {
      plan = new DrainPlan({used: [used(1, MINUTE)], leaving: [], kept: []})
      serve(0, {web: {to: [2], timeout: MINUTE}}, new Set(['default/web']))
      assert.deepEqual(portsDue(Infinity), [])
      serve(1, {web: {to: [2], timeout: MINUTE}})
      assert.deepEqual(portsDue(1 + MINUTE), [1])
    })

    it('does not remember servers whose connections are never ended, and no time that is over', () => {
      serve(0, {api: {to: [1]}, web: {to: [1, 2], timeout: MINUTE}})
      serve(1, {web: {to: [1], timeout: MINUTE}})
      assert.deepEqual(plan.remember(2 * MINUTE), {used: [], leaving: [used(2, 0)], kept: [server(1)]})
      assert.equal(new DrainPlan({used: [], leaving: [], kept: []}).isIdle, true)
    })
  })
})
