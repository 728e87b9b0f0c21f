import assert from 'node:assert/strict'
import {spawnSync} from 'node:child_process'
import {Metrics} from '../../../../src/controller/metrics/metrics.js'
import type {Moment} from '../../../../src/controller/metrics/show-moment.js'
import {Failure} from '../../../../src/diagnostics/failure.js'
import {lint, parseExposition, valueOf, type Family} from '../../../support/exposition.js'
import {skipBecause, whyNoProgram} from '../../../support/skip.js'
import {FakeClock} from '../fake-clock.js'
import {finding} from '../fakes.js'
import {aMoment, anOutcome, served} from './samples.js'

describe('the metrics', () => {
  let clock: FakeClock
  let metrics: Metrics

  beforeEach(() => {
    clock = new FakeClock()
    metrics = new Metrics(clock, '2.0.0')
  })

  const ask = async (moment: Partial<Moment> = {}) =>
    parseExposition((await metrics.page(aMoment(moment))).text)
  it('is what Prometheus reads, with good names', async () => {
    metrics.observe({type: 'test', result: 'accepted', duration: 12})
    metrics.observe({type: 'reload', result: 'confirmed', reason: 'change', duration: 120})
    metrics.countReconcile({duration: 5, outcome: anOutcome({services: [served('web', ['TCP'])]})})
    const families = await ask({freshness: [{kind: 'Service', age: 5, lists: 1, watches: 2}]})
    assert.deepEqual(lint(families.filter(isOurs)), [])
    assert.equal((await metrics.page(aMoment())).type, 'text/plain; version=0.0.4; charset=utf-8')
  })

  it('names no gauge of the process as if it were a counter', async () => {
    const named = (await ask()).filter(({name}) => name.endsWith('_total'))
    assert.deepEqual(
      named.filter(({type}) => type !== 'counter').map(({name}) => name),
      [],
    )
  })

  it('is what promtool accepts', async function () {
    skipBecause(this, whyNoProgram('promtool', 'prometheus'))
    const {text} = await metrics.page(aMoment())
    const {stdout, stderr} = spawnSync('promtool', ['check', 'metrics'], {input: text, encoding: 'utf8'})
    assert.equal(stdout + stderr, '')
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

  it('shows the result of the last successful reconcile, also after a failed one', async () => {
    metrics.countReconcile({duration: 1, outcome: anOutcome({services: [served('web', ['TCP'])]})})
    metrics.countReconcile({duration: 1, failure: new Failure('no', {code: 'refused'})})
    const families = await ask()
    assert.equal(valueOf(families, 'lbex_services', {state: 'served'}), 1)
    assert.equal(valueOf(families, 'lbex_reconcile_total', {result: 'failed'}), 1)
  })

  it('counts what a restart of NGINX left out as diagnostics, until the next reconcile counts it', async () => {
    const count = async (moment: Partial<Moment>) =>
      valueOf(await ask(moment), 'lbex_diagnostics', {code: 'port-protocol', severity: 'error'})
    metrics.countReconcile({duration: 1, outcome: anOutcome({diagnostics: [finding('a')]})})
    assert.equal(await count({leftOut: [finding('b')]}), 2)
    assert.equal(await count({leftOut: [finding('b')]}), 2)
    assert.equal(await count({}), 1)
  })

  it('has as many series after a long life as after a short one', async () => {
    const size = async () =>
      (await ask({workers: [worker('z')]})).filter(isOurs).flatMap(({samples}) => samples).length
    metrics.countReconcile({duration: 1, outcome: anOutcome()})
    const before = await size()
    for (let time = 0; time < 100; time += 1) {
      const generation = `g${time}`
      const services = [served(`s${time}`, ['TCP'])]
      metrics.countReconcile({
        duration: 1,
        outcome: anOutcome({services, diagnostics: [finding(`d${time}`)]}),
      })
      await ask({nginx: {serving: true, oldWorkers: 0, generation}, workers: [worker(generation)]})
    }
    metrics.countReconcile({duration: 1, outcome: anOutcome()})
    assert.equal(await size(), before)
  })
})

function isOurs({name}: Family): boolean {
  return name.startsWith('lbex_')
}

function worker(generation: string) {
  return {generation, state: 'current', count: 2} as const
}
