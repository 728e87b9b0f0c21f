import assert from 'node:assert/strict'
import type {FinishedReconcile} from '../../../../src/controller/loop.js'
import {
  countReconcile,
  setDiagnosticGauges,
  setServiceGauges,
} from '../../../../src/controller/metrics/outcome-metrics.js'
import {ReadFailure} from '../../../../src/controller/reconcile.js'
import {Failure} from '../../../../src/diagnostics/failure.js'
import {valueOf} from '../../../support/exposition.js'
import {aSecret, credentialOf} from '../../../support/certificates.js'
import {FakeClock} from '../fake-clock.js'
import {finding} from '../fakes.js'
import {anOutcome, newTestRegistry, refTo, served, type TestRegistry} from './samples.js'

describe('countReconcile', () => {
  let clock: FakeClock
  let registry: TestRegistry
  const count = (finished: FinishedReconcile) => countReconcile(registry.instruments, finished, clock.now())

  beforeEach(() => {
    clock = new FakeClock()
    registry = newTestRegistry()
  })

  it('counts reconciles by result, and times those that could read', async () => {
    const failure = new Failure('no', {code: 'refused'})
    count({duration: 200, outcome: anOutcome()})
    count({duration: 2, outcome: anOutcome({changed: false})})
    count({duration: 100, failure})
    count({duration: 0, failure: new ReadFailure(failure)})
    assert.deepEqual(await registry.lines('lbex_reconcile_total'), [
      'lbex_reconcile_total{result="applied"} 1',
      'lbex_reconcile_total{result="unchanged"} 1',
      'lbex_reconcile_total{result="read_failed"} 1',
      'lbex_reconcile_total{result="failed"} 1',
    ])
    assert.deepEqual(await registry.lines('lbex_reconcile_duration_seconds_sum'), [
      'lbex_reconcile_duration_seconds_sum{result="applied"} 0.2',
      'lbex_reconcile_duration_seconds_sum{result="unchanged"} 0.002',
      'lbex_reconcile_duration_seconds_sum{result="failed"} 0.1',
    ])
  })

  it('records the time of the last successful one', async () => {
    const name = 'lbex_last_apply_success_timestamp_seconds'
    assert.equal(valueOf(await registry.families(), name), 0)
    await clock.advance(5500)
    count({duration: 1, outcome: anOutcome()})
    await clock.advance(5500)
    count({duration: 1, failure: new Failure('no', {code: 'refused'})})
    assert.equal(valueOf(await registry.families(), name), 5.5)
  })

  it('observes the latency of endpoint changes of served Services only', async () => {
    await clock.advance(10_000)
    const names = ['web', 'quarantined', 'other']
    count({
      duration: 1,
      outcome: anOutcome({
        services: [served('web', ['TCP']), served('quarantined', ['TCP'])],
        quarantined: [refTo('quarantined')],
        triggers: [
          ...names.map((name) => ({service: refTo(name), at: 9600})),
          // The clock of the cluster is ahead of the clock of the host.
          {service: refTo('web'), at: 10_200},
        ],
      }),
    })
    const families = await registry.families()
    const name = 'lbex_network_programming_duration_seconds'
    assert.equal(valueOf(families, `${name}_count`), 2)
    assert.equal(valueOf(families, `${name}_sum`), 0.4)
    assert.equal(valueOf(families, `${name}_bucket`, {le: '0.25'}), 1)
    assert.equal(valueOf(families, `${name}_bucket`, {le: '0.5'}), 2)
  })
})

describe('the gauges of an outcome', () => {
  it('count Services, listeners, servers and diagnostics', async () => {
    const registry = newTestRegistry()
    const services = [served('web', ['TCP', 'UDP'], 3), served('dns', ['UDP']), served('bad', ['TCP'])]
    const diagnostics = [finding('web'), finding('a'), finding('a'), finding('b'), finding('bad')]
    const outcome = anOutcome({services, diagnostics, quarantined: [refTo('bad')]})
    setServiceGauges(registry.instruments, outcome)
    setDiagnosticGauges(registry.instruments, outcome.diagnostics)
    assert.deepEqual(await registry.lines('lbex_services'), [
      'lbex_services{state="served"} 2',
      'lbex_services{state="rejected"} 2',
      'lbex_services{state="quarantined"} 1',
    ])
    assert.deepEqual(await registry.lines('lbex_listeners'), [
      'lbex_listeners{protocol="TCP"} 1',
      'lbex_listeners{protocol="UDP"} 2',
    ])
    assert.deepEqual(await registry.lines('lbex_upstream_servers'), ['lbex_upstream_servers 7'])
    assert.deepEqual(await registry.lines('lbex_diagnostics'), [
      'lbex_diagnostics{code="port-protocol",severity="error"} 5',
    ])
    setDiagnosticGauges(registry.instruments, [])
    assert.deepEqual(await registry.lines('lbex_diagnostics'), [])
  })
})

describe('the expiry of certificates', () => {
  it('is that of the certificates that NGINX serves, once for each Secret', async () => {
    const registry = newTestRegistry()
    const secret = {kind: 'Secret', namespace: 'shop', name: 'web'}
    const credential = credentialOf(aSecret('web', {pair: 'expiring'}).certificate)
    const authority = credentialOf(aSecret('web', {authority: 'authority'}).authorities)
    const [listener, ...others] = served('web', ['TCP']).listeners
    assert.ok(listener)
    const tls = {
      certificate: {path: 'tls/a-1.pem', secret, credential},
      clientAuthorities: {path: 'tls/b-2.pem', secret, credential: authority},
      backendAuthorities: {path: 'tls/c-unknown.pem', secret: {...secret, name: 'unknown'}},
    }
    const web = {...served('web', ['TCP']), listeners: [{...listener, tls}, ...others]}
    setServiceGauges(registry.instruments, anOutcome({services: [web]}))
    assert.deepEqual(await registry.lines('lbex_certificate_expiry_timestamp_seconds'), [
      `lbex_certificate_expiry_timestamp_seconds{namespace="shop",secret="web"} ${Date.parse('2027-01-10') / 1000}`,
    ])
  })
})
