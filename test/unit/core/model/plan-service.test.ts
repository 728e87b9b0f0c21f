import assert from 'node:assert/strict'
import {finish} from '../../../../src/core/model/steps.js'
import {evaluate} from '../../../support/translate.js'
import {readIntent} from '../../../../src/core/intent/intent.js'
import {DEFAULT_INTENT_OPTIONS} from '../../../../src/core/intent/options.js'
import {createNodeViewer} from '../../../../src/core/model/nodes.js'
import {DEFAULT_MODEL_OPTIONS, type ModelOptions} from '../../../../src/core/model/options.js'
import {planService} from '../../../../src/core/model/plan-service.js'
import {COMPLETE} from '../../../../src/core/cluster/snapshot.js'
import {
  anEndpoint,
  aNode,
  aService,
  aSlice,
  aSnapshot,
  options,
  listenerSettings,
} from '../../../support/builders.js'
import {outcome} from '../../../support/outline.js'

type Parts = Parameters<typeof aSnapshot>[0]

const web = aService('web').port('http', 80, {listen: 8080}).annotated({'upstream-type': 'pod'})
const four = aSlice('web').port('http', 8080).endpoints(anEndpoint('10.1.0.1'))
const six = aSlice('web').named('web-6').ipv6().port('http', 8080).endpoints(anEndpoint('fd00::1'))
const served = (parts: Parts, overrides: Partial<ModelOptions> = {}) =>
  outcome(aSnapshot(parts), options(overrides))

const around = {
  slices: [four.build()],
  nodes: createNodeViewer(DEFAULT_MODEL_OPTIONS)([]),
  coverage: COMPLETE,
  hostAddresses: new Set<string>(),
  secrets: [],
}

describe('planService', () => {
  it('requests listeners with their upstreams', () => {
    const {intent} = readIntent(web.build(), DEFAULT_INTENT_OPTIONS)
    assert.ok(intent)
    assert.deepEqual(finish(planService(intent, around, DEFAULT_MODEL_OPTIONS)), {
      intent,
      id: '82b3ade9d00c',
      requests: [
        {
          key: {address: '0.0.0.0', port: 8080, protocol: 'TCP'},
          id: '0.0.0.0:8080/TCP',
          port: intent.ports[0],
          settings: listenerSettings(),
          match: {type: 'all'},
          upstream: {
            name: '82b3ade9d00c_8080_tcp_ipv4',
            settings: {balancing: {algorithm: 'round_robin'}},
            servers: [{address: '10.1.0.1', port: 8080, weight: 1, down: false}],
            unknown: [],
            absent: [],
          },
        },
      ],
      hasEndpointOnHost: false,
      diagnostics: [],
    })
  })

  it('still requests the listener of a port without a backend, so that a restart of Pods does not lose it', () => {
    const young = web.inNamespace('young').created('2026-02-01T00:00:00Z')
    const {served: result, messages} = served([web, young, four.inNamespace('young')])
    assert.deepEqual(result, {})
    assert.deepEqual(
      messages.map((message) => message.split(':')[0]),
      ['no-backend', 'port-conflict'],
    )
  })

  it('does not report missing backends of a listener that is not possible', () => {
    assert.deepEqual(served([aService('web').port('ssh', 22, {listen: 22})]).messages, [
      'port-reserved: 22/TCP is reserved (--reserved-port); this port is not exposed',
    ])
  })
})

describe('families', () => {
  it('are the families of the Service, each with its listener and upstream', () => {
    assert.deepEqual(served([web.with({ipFamilies: ['IPv6', 'IPv4']}), four, six]), {
      served: {'default/web': {'0.0.0.0:8080/TCP': ['10.1.0.1:8080'], '[::]:8080/TCP': ['[fd00::1]:8080']}},
      messages: [],
    })
    assert.deepEqual(
      Object.keys(served([web.with({ipFamilies: ['IPv6']}), four, six]).served['default/web'] ?? {}),
      ['[::]:8080/TCP'],
    )
  })

  it('are those of the cluster IPs if the Service has none, then those of the endpoints, then IPv4', () => {
    const silent = web.with({ipFamilies: []})
    const listeners = (parts: Parts) => Object.keys(served(parts).served['default/web'] ?? {})
    assert.deepEqual(listeners([silent.with({clusterIPs: ['fd00::1']}), four, six]), ['[::]:8080/TCP'])
    assert.deepEqual(listeners([silent, four, six]), ['0.0.0.0:8080/TCP'])
    assert.deepEqual(listeners([silent.with({clusterIPs: []}), six]), ['[::]:8080/TCP'])
    assert.deepEqual(listeners([silent.with({clusterIPs: []}), six, four]), [
      '0.0.0.0:8080/TCP',
      '[::]:8080/TCP',
    ])
    assert.deepEqual(served([silent.with({clusterIPs: []})]).messages, [
      'no-backend: listen port 8080/TCP is closed: the Service has no endpoints',
    ])
  })

  it('without a backend are closed, and the other family is served', () => {
    assert.deepEqual(served([web.with({ipFamilies: ['IPv6', 'IPv4']}), four]), {
      served: {'default/web': {'0.0.0.0:8080/TCP': ['10.1.0.1:8080']}},
      messages: ['no-backend: listen port 8080/TCP for IPv6 is closed: the Service has no IPv6 endpoints'],
    })
  })

  it('that lbex does not listen for need no backend', () => {
    const listenAddresses = {IPv4: ['10.0.0.1'], IPv6: []}
    assert.deepEqual(served([web.with({ipFamilies: ['IPv6', 'IPv4']}), four], {listenAddresses}), {
      served: {'default/web': {'10.0.0.1:8080/TCP': ['10.1.0.1:8080']}},
      messages: [],
    })
  })

  it('include IPv6 nodes', () => {
    const nodes = aService('web')
      .port('http', 80, {listen: 8080})
      .with({ipFamilies: ['IPv4', 'IPv6']})
    const slices = [four, six].map((slice) =>
      slice.with({endpoints: slice.build().endpoints.map((endpoint) => ({...endpoint, nodeName: 'a'}))}),
    )
    assert.deepEqual(served([nodes, ...slices, aNode('a').internal('10.0.0.1').internal('FD00::0001')]), {
      served: {'default/web': {'0.0.0.0:8080/TCP': ['10.0.0.1:30080'], '[::]:8080/TCP': ['[fd00::1]:30080']}},
      messages: [],
    })
  })

  it('with equal diagnostics report them once', () => {
    const dual = aService('web')
      .port('http', 80, {listen: 8080})
      .with({ipFamilies: ['IPv4', 'IPv6']})
    const slices = [four, six].map((slice) =>
      slice.with({endpoints: slice.build().endpoints.map((endpoint) => ({...endpoint, nodeName: 'gone'}))}),
    )
    assert.deepEqual(
      served([dual, ...slices]).messages.map((message) => message.split(':')[0]),
      ['no-backend', 'no-backend', 'node-unknown'],
    )
  })
})

describe('balancing', () => {
  const balancing = (service: typeof web, leastTime = false) => {
    const capabilities = {...DEFAULT_MODEL_OPTIONS.capabilities, name: 'NGINX 1.30.6', leastTime}
    const {loadBalancer, diagnostics} = evaluate(aSnapshot([service, four]), options({capabilities}))
    return [
      loadBalancer.services[0]?.upstreams[0]?.settings.balancing,
      ...diagnostics.map(({message}) => message),
    ]
  }

  it('is round robin, or least_conn if requested', () => {
    assert.deepEqual(balancing(web), [{algorithm: 'round_robin'}])
    assert.deepEqual(balancing(web.annotated({algorithm: 'least_conn'})), [{algorithm: 'least_conn'}])
  })

  it('is least_time with its method if the data plane supports it', () => {
    const expected = [{algorithm: 'least_time', method: 'last_byte inflight'}]
    const wish = web.annotated({algorithm: 'least_time', method: 'last_byte inflight'})
    assert.deepEqual(balancing(wish, true), expected)
    assert.deepEqual(balancing(web.annotated({algorithm: 'least_time'}), true), [
      {algorithm: 'least_time', method: 'connect'},
    ])
  })

  it('falls back to least_conn if the data plane does not support least_time, and reports that', () => {
    assert.deepEqual(balancing(web.annotated({algorithm: 'least_time'})), [
      {algorithm: 'least_conn'},
      'NGINX 1.30.6 does not support least_time; least_conn is used instead',
    ])
  })

  it('is a hash of the client address with sessionAffinity ClientIP, whatever the algorithm', () => {
    const sticky = web.with({sessionAffinity: 'ClientIP'})
    assert.deepEqual(balancing(sticky), [{algorithm: 'client_ip'}])
    assert.deepEqual(balancing(sticky.annotated({algorithm: 'least_time'})), [
      {algorithm: 'client_ip'},
      'sessionAffinity: ClientIP takes precedence over algorithm least_time',
    ])
  })
})

describe('the limits for one Service', () => {
  const ports = (count: number) =>
    Array.from({length: count}, (_, index) => index).reduce(
      (service, index) => service.port(`p${index}`, 80 + index, {listen: 8080 + index}),
      aService('web').annotated({'upstream-type': 'pod'}),
    )
  const slice = (count: number) =>
    ports(3)
      .build()
      .ports.reduce((made, {name}) => made.port(name, 8080), aSlice('web'))
      .endpoints(...Array.from({length: count}, (_, index) => anEndpoint(`10.1.0.${index}`)))

  it('skip the ports beyond the limit of listeners', () => {
    const {served: result, messages} = served([ports(3), slice(1)], {maxListenersPerService: 2})
    assert.deepEqual(Object.keys(result['default/web'] ?? {}), ['0.0.0.0:8080/TCP', '0.0.0.0:8081/TCP'])
    assert.deepEqual(messages, [
      'listeners-over-limit: only the first 2 of 3 ports are exposed: the limit is 2 listeners per Service',
    ])
  })

  it('count a port once for each listen address', () => {
    const listenAddresses = {IPv4: ['192.0.2.1', '192.0.2.2'], IPv6: []}
    const {served: result} = served([ports(3), slice(1)], {maxListenersPerService: 5, listenAddresses})
    assert.equal(Object.keys(result['default/web'] ?? {}).length, 4)
  })

  it('give each port a share of the servers', () => {
    const {served: result, messages} = served([ports(3), slice(4)], {maxServersPerService: 6})
    assert.deepEqual(
      Object.values(result['default/web'] ?? {}).map((servers) => servers.length),
      [2, 2, 2],
    )
    assert.deepEqual(messages, [
      'servers-over-limit: the ports of this Service have 12 servers, but the limit is 6; each port uses at most 2 of its servers',
    ])
  })

  it('change nothing if they are not exceeded', () => {
    const limits = {maxListenersPerService: 3, maxServersPerService: 12}
    assert.deepEqual(served([ports(3), slice(4)], limits), served([ports(3), slice(4)]))
  })
})

describe('the steps of a plan', () => {
  it('are one for each port, so that a large Service does not block other work', () => {
    const {intent} = readIntent(web.port('https', 443, {listen: 8443}).build(), DEFAULT_INTENT_OPTIONS)
    assert.ok(intent)
    const steps = planService(intent, around, DEFAULT_MODEL_OPTIONS)
    const taken = [steps.next(), steps.next(), steps.next()].map(({done}) => done)
    assert.deepEqual(taken, [false, false, true])
  })
})
