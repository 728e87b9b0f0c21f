import assert from 'node:assert/strict'
import type {BindError} from '../../../../src/diagnostics/bind-error.js'
import {evaluate, without} from '../../../support/translate.js'
import {
  anEndpoint,
  aService,
  aSlice,
  aSnapshot,
  listenerSettings,
  options,
} from '../../../support/builders.js'
import {outcome} from '../../../support/outline.js'

const web = aService('web')
  .annotated({'upstream-type': 'pod'})
  .port('http', 80, {listen: 8080})
  .port('', 53, {protocol: 'UDP'})
const slice = aSlice('web').port('http', 8080).endpoints(anEndpoint('10.1.0.1'))

describe('serve', () => {
  it('returns listeners and upstreams with the settings of the Service', () => {
    const origin = {file: 'web.yaml', document: 0, path: []}
    const service = web.annotated({resolver: '10.0.0.10', passthrough: 'true'}).with({origin})
    assert.deepEqual(evaluate(aSnapshot([service, slice]), options()).loadBalancer.services, [
      {
        ref: {kind: 'Service', namespace: 'default', name: 'web'},
        origin,
        id: '82b3ade9d00c',
        listeners: [
          {
            key: {address: '0.0.0.0', port: 8080, protocol: 'TCP'},
            routes: [
              {
                match: {type: 'all'},
                owner: service.build().ref,
                portName: 'http',
                servicePort: 80,
                upstreams: [{name: '82b3ade9d00c_8080_tcp_ipv4', weight: 1}],
              },
            ],
            settings: listenerSettings({transparent: true, resolver: '10.0.0.10'}),
          },
        ],
        upstreams: [
          {
            name: '82b3ade9d00c_8080_tcp_ipv4',
            settings: {balancing: {algorithm: 'round_robin'}},
            servers: [{address: '10.1.0.1', port: 8080, weight: 1, down: false}],
            unknown: [],
            absent: [],
          },
        ],
      },
    ])
  })

  it('sorts listeners by port, protocol and address, and upstreams by name', () => {
    const dns = aService('dns')
      .annotated({'upstream-type': 'cluster-ip'})
      .with({ipFamilies: ['IPv6', 'IPv4'], clusterIPs: ['fd00::1', '10.96.0.1']})
      .port('b', 53, {protocol: 'UDP', listen: 5353})
      .port('c', 53, {listen: 5353})
      .port('a', 9153, {listen: 1153})
    const {loadBalancer} = evaluate(
      aSnapshot([dns]),
      options({listenAddresses: {IPv4: ['10.0.0.2', '10.0.0.1'], IPv6: ['::']}}),
    )
    const [service] = loadBalancer.services
    assert.deepEqual(
      service?.listeners.map(({key}) => `${key.port} ${key.protocol} ${key.address}`),
      [
        '1153 TCP 10.0.0.1',
        '1153 TCP 10.0.0.2',
        '1153 TCP ::',
        '5353 TCP 10.0.0.1',
        '5353 TCP 10.0.0.2',
        '5353 TCP ::',
        '5353 UDP 10.0.0.1',
        '5353 UDP 10.0.0.2',
        '5353 UDP ::',
      ],
    )
    assert.deepEqual(
      service?.upstreams.map(({name}) => name.slice(13)),
      ['1153_tcp_ipv4', '1153_tcp_ipv6', '5353_tcp_ipv4', '5353_tcp_ipv6', '5353_udp_ipv4', '5353_udp_ipv6'],
    )
  })

  it('returns undefined if no request has an upstream', () => {
    assert.deepEqual(evaluate(aSnapshot([web]), options()).loadBalancer, {services: [], shared: []})
  })
})

describe('a listener that is unavailable on the host', () => {
  const host = without({'0.0.0.0:8080/TCP': {code: 'in-use'}})

  it('is skipped and reported, with the command that shows which process uses the port', () => {
    const {loadBalancer, diagnostics} = evaluate(aSnapshot([web, slice]), options({host}))
    assert.deepEqual(loadBalancer.services, [])
    assert.deepEqual(
      diagnostics.map(({code, field, message, hint}) => ({code, field, message, hint})),
      [
        {
          code: 'port-held',
          field: ['metadata', 'annotations', 'loadbalancer-port.lbex/http'],
          message: 'NGINX cannot listen on 0.0.0.0:8080/TCP: the port is in use; this port is not exposed',
          hint: "ss -Hnlpt 'sport = :8080' shows which process uses the port; lbex retries automatically",
        },
      ],
    )
  })

  it('does not affect other listeners', () => {
    const two = web.port('dns', 53, {protocol: 'UDP', listen: 8080})
    const slices = slice.port('dns', 53, 'UDP')
    assert.deepEqual(outcome(aSnapshot([two, slices]), options({host})).served, {
      'default/web': {'0.0.0.0:8080/UDP': ['10.1.0.1:53']},
    })
    const udp = without({'0.0.0.0:8080/UDP': {code: 'in-use'}})
    const {diagnostics} = evaluate(aSnapshot([two, slices]), options({host: udp}))
    assert.match(diagnostics[0]?.hint ?? '', /^ss -Hnlpu 'sport = :8080'/)
  })

  it('has a hint that fits the error', () => {
    const hintFor = (error: BindError) => {
      const {diagnostics} = evaluate(
        aSnapshot([web, slice]),
        options({host: without({'0.0.0.0:8080/TCP': error})}),
      )
      return diagnostics[0]?.hint ?? ''
    }
    assert.match(hintFor({code: 'forbidden'}), /CAP_NET_BIND_SERVICE.*ip_unprivileged_port_start.*above 1023/)
    assert.match(hintFor({code: 'no-address'}), /^add the address to an interface/)
  })

  it('is not reported for a Service that lost the listener to another Service', () => {
    const young = web.inNamespace('young').created('2026-02-01T00:00:00Z')
    const {messages} = outcome(aSnapshot([web, young, slice, slice.inNamespace('young')]), options({host}))
    assert.deepEqual(
      messages.map((message) => message.split(':')[0]),
      ['port-held', 'port-conflict'],
    )
  })
})
