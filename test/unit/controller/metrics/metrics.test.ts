import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {Metrics, type CurrentState} from '../../../../src/controller/metrics/metrics.js'
import {newStatus} from '../../../../src/controller/status.js'
import {Failure} from '../../../../src/diagnostics/failure.js'
import {lint, parseExposition, valueOf, type Family} from '../../../support/exposition.js'
import {skipBecause, whyNoProgram} from '../../../support/skip.js'
import {FakeClock} from '../fake-clock.js'
import {finding} from '../fakes.js'
import {aState, anOutcome, linesOf, refTo, served} from './samples.js'

describe('Metrics', () => {
  let clock: FakeClock
  let metrics: Metrics

  beforeEach(() => {
    clock = new FakeClock()
    metrics = new Metrics(clock, '2.0.0')
  })

  const textOf = async (state: Partial<CurrentState> = {}) => (await metrics.page(aState(state))).text
  const scrape = async (state: Partial<CurrentState> = {}) => parseExposition(await textOf(state))

  it('follows the naming practices of Prometheus', async () => {
    metrics.observe({type: 'test', result: 'accepted', duration: 12})
    metrics.observe({type: 'reload', result: 'confirmed', reason: 'change', duration: 120})
    metrics.countReconcile({duration: 5, outcome: anOutcome({services: [served('web', ['TCP'])]})})
    const families = await scrape({freshness: [{kind: 'Service', age: 5, lists: 1, watches: 2}]})
    assert.deepEqual(lint(families.filter(isOurs)), [])
    assert.equal((await metrics.page(aState())).type, 'text/plain; version=0.0.4; charset=utf-8')
  })

  it('counts probes, and the servers that fail', async () => {
    const health = {targets: 5, failing: 2, running: 1, waiting: 0, succeeded: 30, failed: 7}
    for (const families of [await scrape({health}), await scrape({health})]) {
      const value = (name: string, labels: Record<string, string>) => valueOf(families, name, labels)
      assert.equal(value('lbex_health_check_targets', {state: 'healthy'}), 3)
      assert.equal(value('lbex_health_check_targets', {state: 'unhealthy'}), 2)
      assert.equal(value('lbex_health_checks_total', {result: 'success'}), 30)
      assert.equal(value('lbex_health_checks_total', {result: 'failure'}), 7)
    }
  })

  it('has no process gauge whose name ends in _total', async () => {
    const named = (await scrape()).filter(({name}) => name.endsWith('_total'))
    assert.deepEqual(
      named.filter(({type}) => type !== 'counter').map(({name}) => name),
      [],
    )
  })

  it('passes promtool check metrics', async function () {
    skipBecause(this, whyNoProgram('promtool', 'prometheus'))
    const input = await textOf()
    const {stdout, stderr} = spawnSync('promtool', ['check', 'metrics'], {input, encoding: 'utf8'})
    assert.equal(stdout + stderr, '')
  })

  it('is checked by a linter that finds violations', () => {
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

  it('includes the default metrics of a process', async () => {
    const families = await scrape()
    for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'process_open_fds']) {
      assert.ok((valueOf(families, name) ?? -1) > 0, name)
    }
  })

  it('shows the result of the last successful reconcile, also after a failed one', async () => {
    metrics.countReconcile({duration: 1, outcome: anOutcome({services: [served('web', ['TCP'])]})})
    metrics.countReconcile({duration: 1, failure: new Failure('no', {code: 'refused'})})
    const families = await scrape()
    assert.equal(valueOf(families, 'lbex_services', {state: 'served'}), 1)
    assert.equal(valueOf(families, 'lbex_reconcile_total', {result: 'failed'}), 1)
  })

  it('shows what is served while a part of a change waits, without counting a reconcile', async () => {
    const triggers = [{service: refTo('web'), at: clock.now()}]
    metrics.notePartlyServed(anOutcome({services: [served('web', ['TCP'])], triggers}))
    const families = await scrape()
    const value = (name: string, labels = {}) => valueOf(families, name, labels)
    assert.equal(value('lbex_services', {state: 'served'}), 1)
    assert.equal(value('lbex_reconcile_total', {result: 'applied'}), 0)
    const latency = 'lbex_network_programming_duration_seconds'
    assert.deepEqual(linesOf(await textOf(), `${latency}_count`), [`${latency}_count 1`])
  })

  it('counts what a restart of NGINX left out as diagnostics, until the next reconcile counts it', async () => {
    const count = async (state: Partial<CurrentState>) =>
      valueOf(await scrape(state), 'lbex_diagnostics', {code: 'port-protocol', severity: 'error'})
    metrics.countReconcile({duration: 1, outcome: anOutcome({diagnostics: [finding('a')]})})
    assert.equal(await count({leftOut: [finding('b')]}), 2)
    assert.equal(await count({leftOut: [finding('b')]}), 2)
    assert.equal(await count({}), 1)
  })

  it('does not accumulate series over time', async () => {
    const size = async () =>
      (await scrape({workers: [worker('z')]})).filter(isOurs).flatMap(({samples}) => samples).length
    metrics.countReconcile({duration: 1, outcome: anOutcome()})
    const before = await size()
    for (let time = 0; time < 100; time += 1) {
      const generation = `g${time}`
      const services = [served(`s${time}`, ['TCP'])]
      metrics.countReconcile({
        duration: 1,
        outcome: anOutcome({services, diagnostics: [finding(`d${time}`)]}),
      })
      await scrape({nginx: {serving: true, oldWorkers: 0, generation}, workers: [worker(generation)]})
    }
    metrics.countReconcile({duration: 1, outcome: anOutcome()})
    assert.equal(await size(), before)
  })

  it('starts at 0 for events that have not happened yet, so that the first one shows as an increase', async () => {
    const families = await scrape()
    const zeros = [
      ['lbex_reconcile_total', {result: 'failed'}],
      ['lbex_nginx_reloads_total', {result: 'refused', reason: 'change'}],
      ['lbex_nginx_starts_total', {result: 'confirmed'}],
      ['lbex_nginx_unexpected_exits_total', {}],
      ['lbex_nginx_test_duration_seconds_count', {result: 'refused'}],
      ['lbex_network_programming_duration_seconds_count', {}],
    ] as const
    for (const [name, labels] of zeros) assert.equal(valueOf(families, name, labels), 0, name)
  })

  it('uses the buckets of kube-proxy for the network programming latency', async () => {
    const lines = linesOf(await textOf(), 'lbex_network_programming_duration_seconds_bucket')
    const bounds = lines.map((line) => /le="(.*?)"/.exec(line)?.[1])
    assert.equal(bounds.length, 2 + 59 + 12 + 7 + 1)
    assert.deepEqual(bounds.slice(0, 4), ['0.25', '0.5', '1', '2'])
    assert.deepEqual(bounds.slice(58, 64), ['57', '58', '59', '60', '65', '70'])
    assert.deepEqual(bounds.slice(-9), ['115', '120', '150', '180', '210', '240', '270', '300', '+Inf'])
  })

  it('counts starts, configtests, reloads and exits of NGINX', async () => {
    const reload = {type: 'reload', reason: 'change', duration: 120} as const
    metrics.observe({type: 'start', result: 'confirmed', duration: 50})
    metrics.observe({...reload, result: 'confirmed'})
    metrics.observe({...reload, result: 'unconfirmed', duration: 30_000})
    metrics.observe({type: 'test', result: 'refused', duration: 20})
    metrics.observe({type: 'unexpected-exit'})
    const families = await scrape()
    const reloads = 'lbex_nginx_reloads_total'
    assert.equal(valueOf(families, 'lbex_nginx_starts_total', {result: 'confirmed'}), 1)
    assert.equal(valueOf(families, reloads, {result: 'confirmed', reason: 'change'}), 1)
    assert.equal(valueOf(families, reloads, {result: 'unconfirmed', reason: 'change'}), 1)
    assert.equal(valueOf(families, 'lbex_nginx_reload_duration_seconds_sum'), 0.12)
    assert.equal(valueOf(families, 'lbex_nginx_test_duration_seconds_sum', {result: 'refused'}), 0.02)
    assert.equal(valueOf(families, 'lbex_nginx_unexpected_exits_total'), 1)
  })

  it('counts changes of servers without a reload, and shows their state', async () => {
    metrics.observe({type: 'live-update', result: 'confirmed', upstreams: 3, duration: 5})
    metrics.observe({type: 'live-update', result: 'failed', upstreams: 0, duration: 2000})
    const families = await scrape({live: {upstreams: 3, working: true}})
    assert.equal(valueOf(families, 'lbex_live_updates_total', {result: 'confirmed'}), 1)
    assert.equal(valueOf(families, 'lbex_live_updates_total', {result: 'failed'}), 1)
    assert.equal(valueOf(families, 'lbex_live_update_duration_seconds_sum'), 0.005)
    assert.equal(valueOf(families, 'lbex_live_upstreams'), 3)
    assert.equal(valueOf(families, 'lbex_live_updates_working'), 1)
    assert.equal(valueOf(await scrape(), 'lbex_live_updates_working'), 0)
  })

  it('shows the versions, and what NGINX serves', async () => {
    const nginx = {serving: true, oldWorkers: 1, generation: 'abc'}
    const status = {...newStatus(), synced: true}
    const workers = [
      {generation: 'abc', state: 'current', count: 2} as const,
      {state: 'leaving', count: 3} as const,
    ]
    const families = await scrape({nginx, status, workers, reloadPressure: 2500})
    assert.equal(valueOf(families, 'lbex_build_info', {version: '2.0.0', nginx_version: '1.22.1'}), 1)
    assert.equal(valueOf(families, 'lbex_config_info', {generation: 'abc'}), 1)
    assert.equal(valueOf(families, 'lbex_last_apply_successful'), 1)
    assert.equal(valueOf(families, 'lbex_nginx_serving'), 1)
    assert.equal(valueOf(families, 'lbex_nginx_reload_backoff_seconds'), 2.5)
    assert.equal(valueOf(families, 'lbex_nginx_workers', {generation: 'abc', state: 'current'}), 2)
    assert.equal(valueOf(families, 'lbex_nginx_workers', {generation: 'unknown', state: 'leaving'}), 3)
  })

  it('shows that NGINX does not serve, or that the last apply failed', async () => {
    const nginx = {serving: false, oldWorkers: 0}
    const text = await textOf({nginx, status: {...newStatus(), synced: true, failure: 'no'}})
    const families = parseExposition(text)
    assert.equal(valueOf(families, 'lbex_last_apply_successful'), 0)
    assert.equal(valueOf(families, 'lbex_nginx_serving'), 0)
    assert.deepEqual(linesOf(text, 'lbex_config_info'), [])
    assert.equal(valueOf(await scrape(), 'lbex_last_apply_successful'), 0)
  })

  it('shows how old the view of the cluster is, by kind and in total', async () => {
    const freshness = [
      {kind: 'Service', age: 1500, lists: 1, watches: 4},
      {kind: 'EndpointSlice', age: 130_000, lists: 2, watches: 9},
      {kind: 'Node', age: undefined, lists: 3, watches: 0},
    ]
    for (let time = 0; time < 2; time += 1) await scrape({freshness})
    const text = await textOf({freshness})
    const families = parseExposition(text)
    assert.equal(valueOf(families, 'lbex_source_stale'), 1)
    assert.equal(valueOf(families, 'lbex_source_staleness_seconds'), 130)
    assert.deepEqual(linesOf(text, 'lbex_source_kind_staleness_seconds'), [
      'lbex_source_kind_staleness_seconds{kind="Service"} 1.5',
      'lbex_source_kind_staleness_seconds{kind="EndpointSlice"} 130',
    ])
    assert.equal(valueOf(families, 'lbex_source_lists_total', {kind: 'Node'}), 3)
    assert.equal(valueOf(families, 'lbex_source_watches_total', {kind: 'EndpointSlice'}), 9)
  })
})

function isOurs({name}: Family): boolean {
  return name.startsWith('lbex_')
}

function worker(generation: string) {
  return {generation, state: 'current', count: 2} as const
}
