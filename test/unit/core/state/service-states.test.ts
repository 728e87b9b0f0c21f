import assert from 'node:assert/strict'
import type {ClusterSnapshot} from '../../../../src/core/cluster/snapshot.js'
import type {HostState} from '../../../../src/core/model/host-state.js'
import {STEP} from '../../../../src/core/model/steps.js'
import {probeTarget} from '../../../../src/core/model/probe-target.js'
import {
  serviceStates,
  serviceStatesInSteps,
  type ServiceStates,
  type StatesInput,
} from '../../../../src/core/state/service-states.js'
import {diagnose} from '../../../../src/diagnostics/diagnostic.js'
import {anEndpoint, aService, aSlice, aSnapshot, NOTHING_KNOWN, options} from '../../../support/builders.js'
import {evaluate, without} from '../../../support/translate.js'

const web = aService('web').port('http', 80, {listen: 8080}).annotated({'upstream-type': 'pod'})
const slice = aSlice('web').port('http', 8000).endpoints(anEndpoint('10.1.0.7'), anEndpoint('10.1.0.8'))

function statesOf(
  snapshot: ClusterSnapshot,
  {host, ...more}: {host?: Partial<HostState>} & Partial<StatesInput> = {},
): ServiceStates {
  const {services, diagnostics} = evaluate(snapshot, options({...(host && {host})}))
  return serviceStates({
    ...{read: snapshot.services.length, translated: services, diagnostics, rejected: []},
    failedChecks: host?.failedChecks ?? new Map(),
    since: () => undefined,
    ...more,
  })
}

const servers = [
  {address: '10.1.0.7:8000', healthy: true},
  {address: '10.1.0.8:8000', healthy: true},
]

describe('the states of Services', () => {
  it('shows a Service that is served, and since when', () => {
    const asked: string[] = []
    const since = (service: string, listener: string) => {
      asked.push(`${service} ${listener}`)
      return 0
    }
    const {services, summary} = statesOf(aSnapshot([web, slice]), {since})
    const listener = {
      ...{listener: '0.0.0.0:8080/TCP', state: 'served', servicePort: 80, portName: 'http', servers},
      since: '1970-01-01T00:00:00.000Z',
    }
    assert.deepEqual(services, [
      {namespace: 'default', name: 'web', state: 'served', listeners: [listener], diagnostics: []},
    ])
    assert.deepEqual(asked, ['default/web 0.0.0.0:8080/TCP'])
    assert.deepEqual(summary, {
      ...{read: 1, selected: 1, served: 1, partial: 0, notServed: 0},
      ...{errors: 0, warnings: 0},
    })
  })

  it('says why a listener is not served', () => {
    const older = aService('older').created('2020-01-01T00:00:00Z').port('http', 80, {listen: 8080})
    const held = without({'0.0.0.0:8080/TCP': {code: 'in-use'}})
    const {services: lost} = statesOf(aSnapshot([older.annotated({'upstream-type': 'pod'}), web, slice]))
    const cases: [ServiceStates['services'][number] | undefined, string, RegExp][] = [
      [lost.find(({name}) => name === 'web'), 'conflict', /is already allocated to Service default\/older/],
      [lost.find(({name}) => name === 'older'), 'no-backend', /./],
      [statesOf(aSnapshot([web, slice]), {host: held}).services[0], 'unavailable', /0\.0\.0\.0:8080\/TCP/],
      [
        statesOf(aSnapshot([web, slice]), {rejected: [web.build().ref]}).services[0],
        'rejected',
        /^NGINX rejects the configuration of this Service$/,
      ],
    ]
    for (const [service, state, reason] of cases) {
      assert.equal(service?.state, 'not-served')
      assert.equal(service.listeners[0]?.state, state)
      assert.match(service.listeners[0]?.reason ?? '', reason)
      assert.match(service.reason ?? '', reason)
    }
  })

  it('shows a Service that is served in part', () => {
    const both = web.port('admin', 81, {listen: 8081})
    const {services, summary} = statesOf(aSnapshot([both, slice]))
    assert.equal(services[0]?.state, 'partial')
    assert.deepEqual(
      services[0].listeners.map(({state}) => state),
      ['served', 'no-backend'],
    )
    assert.deepEqual([summary.partial, summary.notServed], [1, 0])
  })

  it('shows a Service without any listener', () => {
    const {services} = statesOf(aSnapshot([aService('bare').port('http', 80)]))
    assert.deepEqual([services[0]?.state, services[0]?.listeners], ['not-served', []])
  })

  it('marks the servers that fail their checks, also if all of them do', () => {
    const checked = web.annotated({'health-check': 'tcp'})
    const snapshot = aSnapshot([checked, slice])
    const [{upstream} = {}] = evaluate(snapshot, options()).services[0]?.requested ?? []
    const failed = {reason: 'connection refused', since: 0, flapping: false}
    const failing = (count: number) =>
      new Map(
        upstream?.servers
          .slice(0, count)
          .map((server) => [probeTarget(server, upstream.settings.healthCheck!, 'default').id, failed]),
      )
    for (const [count, reason] of [
      [1, /10\.1\.0\.7:8000/],
      [2, /10\.1\.0\.8:8000/],
    ] as const) {
      const [service] = statesOf(snapshot, {host: {failedChecks: failing(count)}}).services
      const [listener] = service?.listeners ?? []
      assert.deepEqual([listener?.state, listener?.check], ['served', 'tcp'])
      assert.equal(listener?.servers.filter(({healthy}) => !healthy).length, count)
      assert.equal(listener.servers[0]?.problem, 'connection refused, since 1970-01-01T00:00:00.000Z')
      assert.match(listener.reason ?? '', reason)
    }
  })

  it('shows server names, and what is known only in a cluster', () => {
    const named = web.annotated({hosts: 'a.example, b.example'})
    const [service] = statesOf(aSnapshot([named.bare()], NOTHING_KNOWN)).services
    const [listener, ...others] = service?.listeners ?? []
    assert.deepEqual(others, [])
    assert.deepEqual([listener?.hosts, listener?.servers], [['a.example', 'b.example'], []])
    assert.match(listener?.reason ?? '', /^known only in a cluster: /)
  })

  it('sorts Services, and keeps diagnostics about other objects apart', () => {
    const named = (name: string, namespace: string) => aService(name).inNamespace(namespace).port('http', 80)
    const other = aService('other').notOurs().build()
    const found = diagnose('port-protocol', {subject: other, args: {protocol: 'SCTP'}})
    const {services, diagnostics, summary} = statesOf(
      aSnapshot([named('b', 'y'), named('c', 'x'), named('a', 'y'), other]),
      {diagnostics: [found]},
    )
    assert.deepEqual(
      services.map(({namespace, name}) => `${namespace}/${name}`),
      ['x/c', 'y/a', 'y/b'],
    )
    const {code, severity, message, hint} = found
    assert.deepEqual(diagnostics, [
      {object: 'Service default/other', code, severity, message, ...(hint && {hint})},
    ])
    assert.deepEqual([summary.read, summary.selected, summary.errors], [4, 3, 1])
  })

  it('takes a step after every few Services', () => {
    const names = Array.from({length: 20}, (_, index) => `service-${index}`)
    const snapshot = aSnapshot(names.map((name) => aService(name).port('http', 80)))
    const {services: translated, diagnostics} = evaluate(snapshot, options())
    const steps = serviceStatesInSteps({
      ...{read: 20, translated, diagnostics, rejected: []},
      ...{failedChecks: new Map(), since: () => undefined},
    })
    let count = 0
    while (steps.next().done !== true) count += 1
    assert.ok(count >= 2 * (20 / STEP))
  })
})
