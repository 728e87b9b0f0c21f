import assert from 'node:assert/strict'
import type {Service} from '../../../src/core/cluster/objects.js'
import {selectionOf} from '../../../src/core/intent/select.js'
import type {HostState} from '../../../src/core/model/host-state.js'
import {sortDiagnostics} from '../../../src/diagnostics/diagnostic.js'
import {explained, type Explained} from '../../../src/report/explained.js'
import {explainJson, explainText} from '../../../src/report/explain-report.js'
import {anEndpoint, aService, aSlice, aSnapshot, options as testOptions} from '../../support/builders.js'
import {evaluate, without, type TestOptions} from '../../support/translate.js'

const web = aService('web').port('http', 80, {listen: 8080}).annotated({'upstream-type': 'pod'})

function explanation(
  service: Service,
  {others = [], host, ...changed}: Partial<TestOptions> & {others?: readonly Service[]} = {},
): Explained {
  const options = testOptions({...changed, ...(host && {host})})
  const slices = [service, ...others].map(({ref: {name}}) =>
    aSlice(name).port('http', 8000).endpoints(anEndpoint('10.1.0.7')),
  )
  const snapshot = aSnapshot([service, ...others, ...slices])
  const {services, diagnostics} = evaluate(snapshot, options)
  const translated = services.find(({intent}) => intent.service === service)
  return explained({
    ...{service, options},
    selection: selectionOf(service, options, () => {}),
    ...(translated && {translated}),
    diagnostics: sortDiagnostics(diagnostics.filter(({object}) => object.name === service.ref.name)),
  })
}

function textOf(service: Service, details: Parameters<typeof explanation>[1] = {}): string {
  return explainText(explanation(service, details)).output
}

describe('explain', () => {
  it('shows the listeners and servers of a Service that is served', () => {
    const {output, exitCode} = explainText(explanation(web.build()))
    assert.equal(
      output,
      `Service default/web: 1 of 1 port served
  selected          by the annotation kubernetes.io/loadbalancer-class: loadbalancer-lbex
  upstreams         endpoints, round_robin
  port 80/TCP http  served on 0.0.0.0:8080/TCP by 1 server: 10.1.0.7:8000
`,
    )
    assert.equal(exitCode, 0)
  })

  it('shows what selects a Service of type LoadBalancer', () => {
    const balanced = aService('web')
      .notOurs()
      .with({type: 'LoadBalancer'})
      .port('http', 8080)
      .annotated({'upstream-type': 'pod'})
    assert.match(
      textOf(balanced.with({loadBalancerClass: 'loadbalancer-lbex'}).build()),
      /^ {2}selected +by spec\.loadBalancerClass: loadbalancer-lbex$/m,
    )
    assert.match(
      textOf(balanced.build(), {defaultLoadBalancer: true}),
      /^ {2}selected +as a Service of type LoadBalancer without a class \(--default-load-balancer\)$/m,
    )
  })

  it('shows a port without a listen port, and one whose listener another Service has', () => {
    const older = aService('older').created('2020-01-01T00:00:00Z').port('http', 80, {listen: 8080})
    const service = web.port('admin', 81).build()
    const text = textOf(service, {others: [older.annotated({'upstream-type': 'pod'}).build()]})
    assert.match(text, /^Service default\/web: not served$/m)
    assert.match(text, /^ {2}port 80\/TCP http {3}not served: see below$/m)
    assert.match(text, /^ {2}port 81\/TCP admin {2}not exposed: nothing sets its listen port$/m)
    assert.match(
      text,
      /error port-conflict 0\.0\.0\.0:8080\/TCP is already allocated to Service default\/older/,
    )
  })

  it('shows a range of listen ports together, without the part that another Service has', () => {
    const ranged = (listen: string, name: string) =>
      aService(name).port('http', 80, {listen}).annotated({'upstream-type': 'pod'})
    const older = ranged('8085', 'older').created('2020-01-01T00:00:00Z').build()
    const service = ranged('8080-8089', 'web')
      .with({ipFamilies: ['IPv4', 'IPv6']})
      .build()
    const found = explanation(service, {others: [older]})
    assert.deepEqual(
      explainText(found)
        .output.split('\n')
        .filter((line) => /served on/.test(line))
        .map((line) => line.trim()),
      [
        'port 80/TCP http  served on 0.0.0.0:8080-8084/TCP by 1 server: 10.1.0.7:8000-8004',
        'not served on [::]:8080-8089/TCP: no backend',
        'served on 0.0.0.0:8086-8089/TCP by 1 server: 10.1.0.7:8006-8009',
      ],
    )
  })

  it('shows the server names and the weight of a shared listener once', () => {
    const shared = web.annotated({hosts: 'a.example, *.b.example', 'shared-listener': 'web', weight: '9'})
    const found = explanation(shared.build())
    assert.match(
      explainText(found).output,
      /^ {2}port 80\/TCP http {2}served on 0\.0\.0\.0:8080\/TCP for a\.example, \*\.b\.example with weight 9 by 1 server: 10\.1\.0\.7:8000$/m,
    )
    const {ports} = JSON.parse(explainJson(found).output) as {ports: {listeners: object[]}[]}
    const [{listeners = []} = {}] = ports
    assert.deepEqual(listeners, [
      {
        listener: '0.0.0.0:8080/TCP',
        hosts: ['a.example', '*.b.example'],
        weight: 9,
        state: 'served',
        servers: ['10.1.0.7:8000'],
        skipped: [],
      },
    ])
  })

  it('shows that a port without a valid server name is not served', () => {
    const text = textOf(web.annotated({hosts: 'a_b'}).build())
    assert.match(text, /^ {2}port 80\/TCP http {2}not served: see below$/m)
    assert.match(text, /error hosts-empty /)
  })

  it('shows a listener that the host cannot have', () => {
    const host: Pick<HostState, 'unavailable'> = without({'0.0.0.0:8080/TCP': {code: 'in-use'}})
    assert.match(
      textOf(web.build(), {host}),
      /not served on 0\.0\.0\.0:8080\/TCP: this host cannot listen there$/m,
    )
  })

  it('shows at most five of the source ranges', () => {
    const ranges = [1, 2, 3, 4, 5, 6, 7].map((n) => `10.${n}.0.0/16`)
    const text = textOf(web.annotated({'source-ranges': ranges.join(',')}).build())
    assert.match(text, /^ {2}clients {11}10\.1\.0\.0\/16, .*10\.5\.0\.0\/16 and 2 more$/m)
  })

  it('says why a Service is not selected', () => {
    const cases: [Service, Partial<TestOptions>, RegExp][] = [
      [web.notOurs().build(), {}, /neither spec\.loadBalancerClass nor the annotation kubernetes\.io/],
      [web.with({deletionTimestamp: '2024-01-01T00:00:00Z'}).build(), {}, /the Service is being deleted/],
      [web.build(), {excludedNamespaces: ['default']}, /--exclude-namespace excludes namespace default/],
      [web.with({type: 'ExternalName'}).build(), {}, /its type is ExternalName/],
      [web.with({clusterIPs: ['None']}).build(), {}, /it is a headless Service/],
      [
        web.annotated({'service-pool': 'a'}).build(),
        {servicePool: 'b', affinity: 'strict'},
        /its pool is a; this lbex has pool b and serves only Services of its own pool \(--strict-affinity\)/,
      ],
    ]
    for (const [service, options, reason] of cases) {
      const {output, exitCode} = explainText(explanation(service, options))
      assert.match(output, reason)
      assert.match(output, /^Service default\/web: not served\n {2}not selected {2}/)
      assert.equal(exitCode, 1)
    }
  })

  it('shows the running lbex that was asked, and since when it serves', () => {
    const value = explanation(web.build())
    const since = '2026-01-02T03:04:05.000Z'
    const ports = value.ports.map((port) => ({
      ...port,
      listeners: port.listeners.map((listener) => ({...listener, since})),
    }))
    const lbex = {version: '2.0.0', pid: 7, startedAt: since}
    const {output} = explainText({...value, ports, lbex})
    assert.match(
      output,
      /^ {2}asked {13}lbex 2\.0\.0 \(process 7\), running since 2026-01-02T03:04:05\.000Z$/m,
    )
    assert.match(output, /served on 0\.0\.0\.0:8080\/TCP since 2026-01-02T03:04:05\.000Z by 1 server/)
    assert.deepEqual((JSON.parse(explainJson({...value, lbex}).output) as {lbex: unknown}).lbex, lbex)
  })

  it('prints the same as JSON', () => {
    const {output, exitCode, medium} = explainJson(explanation(web.build()))
    const listeners = [
      {listener: '0.0.0.0:8080/TCP', state: 'served', servers: ['10.1.0.7:8000'], skipped: []},
    ]
    assert.deepEqual(JSON.parse(output), {
      service: {kind: 'Service', namespace: 'default', name: 'web'},
      selection: 'selected',
      ports: [{name: 'http', port: 80, protocol: 'TCP', exposed: true, listeners}],
      diagnostics: [],
    })
    assert.deepEqual([exitCode, medium], [0, 'json'])
  })
})
