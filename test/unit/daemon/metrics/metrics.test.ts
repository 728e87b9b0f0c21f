import assert from 'node:assert/strict'
import {Metrics} from '../../../../src/daemon/metrics/metrics.js'
import type {Moment} from '../../../../src/daemon/metrics/show-moment.js'
import {ReadFailure} from '../../../../src/daemon/reconcile.js'
import {newStatus} from '../../../../src/daemon/status.js'
import {Failure} from '../../../../src/diagnostics/failure.js'
import {lint, parseExposition, valueOf, type Family} from '../../../support/exposition.js'
import {FakeClock} from '../fake-clock.js'
import {finding} from '../fakes.js'
import {aMoment, anOutcome, refTo, served} from './samples.js'

describe('the metrics', () => {
  let clock: FakeClock
  let metrics: Metrics

  beforeEach(() => {
    clock = new FakeClock()
    metrics = new Metrics(clock, '2.0.0')
  })

  const ask = async (moment: Partial<Moment> = {}) =>
    parseExposition((await metrics.page(aMoment(moment))).text)
  const linesOf = async (name: string, moment: Partial<Moment> = {}) => {
    const {text} = await metrics.page(aMoment(moment))
    return text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
  }

  describe('as text', () => {
    it('is what Prometheus reads, with good names', async () => {
      metrics.observe({type: 'test', result: 'accepted', duration: 12})
      metrics.observe({type: 'reload', result: 'confirmed', reason: 'change', duration: 120})
      metrics.endTurn({duration: 5, outcome: anOutcome({services: [served('web', ['TCP'])]})})
      const families = await ask({freshness: [{kind: 'Service', age: 5, lists: 1, watches: 2}]})
      assert.deepEqual(lint(families.filter(isOurs)), [])
      assert.equal((await metrics.page(aMoment())).type, 'text/plain; version=0.0.4; charset=utf-8')
    })

    it('is judged by a check that finds what is wrong', () => {
      const bad = '# HELP a_ms Time\n# TYPE a_ms counter\na_ms 1\n'
      assert.deepEqual(lint(parseExposition(bad)), [
        'a_ms: counters, and only they, end in _total',
        'a_ms: is not in a base unit',
        'a_ms: its help is no sentence',
      ])
      const histogram = 'h_seconds_bucket{le="1"} 2\nh_seconds_bucket{le="+Inf"} 1\nh_seconds_count 1\n'
      const withoutSense = `# HELP h_seconds H.\n# TYPE h_seconds histogram\n${histogram}`
      assert.deepEqual(lint(parseExposition(withoutSense)), ['h_seconds: has buckets that do not add up'])
      for (const text of ['a 1\n', `${bad}a_ms 2\n`, `${bad}b 2\n`, `${bad}a_ms{x="1} 2\n`, bad.trimEnd()]) {
        assert.throws(() => parseExposition(text), Error, text)
      }
    })

    it('has what is known of any process', async () => {
      const families = await ask()
      for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'process_open_fds']) {
        assert.ok((valueOf(families, name) ?? -1) > 0, name)
      }
    })

    it('has 0 for what has not happened yet, so that the first time shows', async () => {
      const families = await ask()
      const zeros = [
        ['lbex_turns_total', {result: 'failed'}],
        ['lbex_nginx_reloads_total', {result: 'refused', reason: 'change'}],
        ['lbex_nginx_starts_total', {result: 'confirmed'}],
        ['lbex_nginx_deaths_total', {}],
        ['lbex_nginx_test_duration_seconds_count', {result: 'refused'}],
        ['lbex_network_programming_duration_seconds_count', {}],
      ] as const
      for (const [name, labels] of zeros) assert.equal(valueOf(families, name, labels), 0, name)
    })

    it('has as many series after a long life as after a short one', async () => {
      const size = async () =>
        (await ask({workers: [worker('z')]})).filter(isOurs).flatMap(({samples}) => samples).length
      metrics.endTurn({duration: 1, outcome: anOutcome()})
      const before = await size()
      for (let time = 0; time < 100; time += 1) {
        const generation = `g${time}`
        const services = [served(`s${time}`, ['TCP'])]
        metrics.endTurn({duration: 1, outcome: anOutcome({services, diagnostics: [finding(`d${time}`)]})})
        await ask({nginx: {serving: true, oldWorkers: 0, generation}, workers: [worker(generation)]})
      }
      metrics.endTurn({duration: 1, outcome: anOutcome()})
      assert.equal(await size(), before)
    })
  })

  describe('of turns', () => {
    it('counts them by their end, and times those that had something to do', async () => {
      const failure = new Failure('no', {code: 'refused'})
      metrics.endTurn({duration: 200, outcome: anOutcome()})
      metrics.endTurn({duration: 2, outcome: anOutcome({changed: false})})
      metrics.endTurn({duration: 100, failure})
      metrics.endTurn({duration: 0, failure: new ReadFailure(failure)})
      assert.deepEqual(await linesOf('lbex_turns_total'), [
        'lbex_turns_total{result="applied"} 1',
        'lbex_turns_total{result="unchanged"} 1',
        'lbex_turns_total{result="unread"} 1',
        'lbex_turns_total{result="failed"} 1',
      ])
      assert.deepEqual(await linesOf('lbex_turn_duration_seconds_sum'), [
        'lbex_turn_duration_seconds_sum{result="applied"} 0.2',
        'lbex_turn_duration_seconds_sum{result="unchanged"} 0.002',
        'lbex_turn_duration_seconds_sum{result="failed"} 0.1',
      ])
    })

    it('dates the last good one', async () => {
      const name = 'lbex_last_apply_success_timestamp_seconds'
      assert.equal(valueOf(await ask(), name), 0)
      await clock.advance(5500)
      metrics.endTurn({duration: 1, outcome: anOutcome()})
      await clock.advance(5500)
      metrics.endTurn({duration: 1, failure: new Failure('no', {code: 'refused'})})
      assert.equal(valueOf(await ask(), name), 5.5)
    })

    it('tells how long changes of endpoints took, of the Services that are served', async () => {
      await clock.advance(10_000)
      const names = ['web', 'quarantined', 'other']
      metrics.endTurn({
        duration: 1,
        outcome: anOutcome({
          services: [served('web', ['TCP']), served('quarantined', ['TCP'])],
          quarantined: [refTo('quarantined')],
          triggers: [...names.map((name) => ({service: refTo(name), at: 9600})), later('web')],
        }),
      })
      const families = await ask()
      const name = 'lbex_network_programming_duration_seconds'
      assert.equal(valueOf(families, `${name}_count`), 2)
      assert.equal(valueOf(families, `${name}_sum`), 0.4)
      assert.equal(valueOf(families, `${name}_bucket`, {le: '0.25'}), 1)
      assert.equal(valueOf(families, `${name}_bucket`, {le: '0.5'}), 2)
    })

    it('has the buckets of kube-proxy', async () => {
      const lines = await linesOf('lbex_network_programming_duration_seconds_bucket')
      const bounds = lines.map((line) => /le="(.*?)"/.exec(line)?.[1])
      assert.equal(bounds.length, 2 + 59 + 12 + 7 + 1)
      assert.deepEqual(bounds.slice(0, 4), ['0.25', '0.5', '1', '2'])
      assert.deepEqual(bounds.slice(58, 64), ['57', '58', '59', '60', '65', '70'])
      assert.deepEqual(bounds.slice(-9), ['115', '120', '150', '180', '210', '240', '270', '300', '+Inf'])
    })
  })

  describe('of what is served', () => {
    it('counts Services, listeners, servers and findings of the last good turn', async () => {
      const services = [served('web', ['TCP', 'UDP'], 3), served('dns', ['UDP']), served('bad', ['TCP'])]
      const diagnostics = [finding('web'), finding('a'), finding('a'), finding('b'), finding('bad')]
      const outcome = anOutcome({services, diagnostics, quarantined: [refTo('bad')]})
      metrics.endTurn({duration: 1, outcome})
      metrics.endTurn({duration: 1, failure: new Failure('no', {code: 'refused'})})
      assert.deepEqual(await linesOf('lbex_services'), [
        'lbex_services{state="served"} 2',
        'lbex_services{state="rejected"} 2',
        'lbex_services{state="quarantined"} 1',
      ])
      assert.deepEqual(await linesOf('lbex_listeners'), [
        'lbex_listeners{protocol="TCP"} 1',
        'lbex_listeners{protocol="UDP"} 2',
      ])
      assert.deepEqual(await linesOf('lbex_upstream_servers'), ['lbex_upstream_servers 7'])
      assert.deepEqual(await linesOf('lbex_diagnostics'), [
        'lbex_diagnostics{code="port-protocol",severity="error"} 5',
      ])
      metrics.endTurn({duration: 1, outcome: anOutcome()})
      assert.deepEqual(await linesOf('lbex_diagnostics'), [])
    })
  })

  describe('of a moment', () => {
    it('tells what runs, and what it serves', async () => {
      const nginx = {serving: true, oldWorkers: 1, generation: 'abc'}
      const status = {...newStatus(), synced: true}
      const workers = [worker('abc'), {state: 'leaving', count: 3} as const]
      const families = await ask({nginx, status, workers, reloadPressure: 2500})
      assert.equal(valueOf(families, 'lbex_build_info', {version: '2.0.0', nginx_version: '1.22.1'}), 1)
      assert.equal(valueOf(families, 'lbex_config_info', {generation: 'abc'}), 1)
      assert.equal(valueOf(families, 'lbex_last_apply_successful'), 1)
      assert.equal(valueOf(families, 'lbex_nginx_serving'), 1)
      assert.equal(valueOf(families, 'lbex_nginx_reload_pressure_seconds'), 2.5)
      assert.equal(valueOf(families, 'lbex_nginx_workers', {generation: 'abc', state: 'current'}), 2)
      assert.equal(valueOf(families, 'lbex_nginx_workers', {generation: 'unknown', state: 'leaving'}), 3)
    })

    it('tells what is wrong', async () => {
      const nginx = {serving: false, oldWorkers: 0}
      const families = await ask({nginx, status: {...newStatus(), synced: true, failure: 'no'}})
      assert.equal(valueOf(families, 'lbex_last_apply_successful'), 0)
      assert.equal(valueOf(families, 'lbex_nginx_serving'), 0)
      assert.deepEqual(await linesOf('lbex_config_info', {nginx}), [])
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
      assert.deepEqual(await linesOf('lbex_source_kind_staleness_seconds', {freshness}), [
        'lbex_source_kind_staleness_seconds{kind="Service"} 1.5',
        'lbex_source_kind_staleness_seconds{kind="EndpointSlice"} 130',
      ])
      assert.equal(valueOf(families, 'lbex_source_lists_total', {kind: 'Node'}), 3)
      assert.equal(valueOf(families, 'lbex_source_watches_total', {kind: 'EndpointSlice'}), 9)
    })
  })

  it('counts what NGINX does', async () => {
    const reload = {type: 'reload', reason: 'change', duration: 120} as const
    metrics.observe({type: 'start', result: 'confirmed', duration: 50})
    metrics.observe({...reload, result: 'confirmed'})
    metrics.observe({...reload, result: 'unconfirmed', duration: 30_000})
    metrics.observe({type: 'test', result: 'refused', duration: 20})
    metrics.observe({type: 'death'})
    const families = await ask()
    const reloads = 'lbex_nginx_reloads_total'
    assert.equal(valueOf(families, 'lbex_nginx_starts_total', {result: 'confirmed'}), 1)
    assert.equal(valueOf(families, reloads, {result: 'confirmed', reason: 'change'}), 1)
    assert.equal(valueOf(families, reloads, {result: 'unconfirmed', reason: 'change'}), 1)
    assert.equal(valueOf(families, 'lbex_nginx_reload_duration_seconds_sum'), 0.12)
    assert.equal(valueOf(families, 'lbex_nginx_test_duration_seconds_sum', {result: 'refused'}), 0.02)
    assert.equal(valueOf(families, 'lbex_nginx_deaths_total'), 1)
  })
})

function isOurs({name}: Family): boolean {
  return name.startsWith('lbex_')
}

function worker(generation: string) {
  return {generation, state: 'current', count: 2} as const
}

/** Where the clock of the cluster is ahead of ours. */
function later(name: string) {
  return {service: refTo(name), at: 10_200}
}
