import assert from 'node:assert/strict'
import type {Diagnostic} from '../../../../src/diagnostics/diagnostic.js'
import {reporter} from '../../../../src/diagnostics/reporter.js'
import type {ExposedPort} from '../../../../src/core/intent/service-intent.js'
import type {ChosenAddresses} from '../../../../src/core/model/choose-addresses.js'
import {requestListeners} from '../../../../src/core/model/request-listeners.js'
import {DEFAULT_MODEL_OPTIONS, type ModelOptions} from '../../../../src/core/model/options.js'
import type {IpFamily} from '../../../../src/core/cluster/objects.js'
import {aService} from '../../../support/builders.js'

const port = (listenPort: number, protocol: 'TCP' | 'UDP' = 'TCP'): ExposedPort => ({
  port: {name: 'http', protocol, port: 80},
  index: 0,
  listenPort,
  field: ['spec', 'ports', 0, 'port'],
})

function request(wanted: ExposedPort, families: readonly IpFamily[], options: Partial<ModelOptions> = {}) {
  const found: Diagnostic[] = []
  const report = reporter(aService().build(), found)
  const all = {...DEFAULT_MODEL_OPTIONS, ...options}
  const chosen = {...all.listenAddresses, isComplete: true}
  const requests = requestListeners(wanted, {families, chosen}, all, report)
  return [...requests.map(({id}) => id), ...found.map(({code, message}) => `${code}: ${message}`)]
}

describe('requestListeners', () => {
  it('uses the wildcard address of each family', () => {
    assert.deepEqual(request(port(8080), ['IPv4']), ['0.0.0.0:8080/TCP'])
    assert.deepEqual(request(port(5353, 'UDP'), ['IPv4', 'IPv6']), ['0.0.0.0:5353/UDP', '[::]:5353/UDP'])
  })

  it('uses every listen address of a family', () => {
    const listenAddresses = {IPv4: ['10.0.0.1', '10.0.0.2'], IPv6: ['fd00::1']}
    const report = reporter(aService().build(), [])
    const scope = {families: ['IPv6', 'IPv4'], chosen: {...listenAddresses, isComplete: true}} as const
    assert.deepEqual(requestListeners(port(80), scope, DEFAULT_MODEL_OPTIONS, report), [
      {key: {address: 'fd00::1', port: 80, protocol: 'TCP'}, id: '[fd00::1]:80/TCP', family: 'IPv6'},
      {key: {address: '10.0.0.1', port: 80, protocol: 'TCP'}, id: '10.0.0.1:80/TCP', family: 'IPv4'},
      {key: {address: '10.0.0.2', port: 80, protocol: 'TCP'}, id: '10.0.0.2:80/TCP', family: 'IPv4'},
    ])
  })
})

describe('reserved ports', () => {
  it('are those of SSH, the kubelet and lbex by default', () => {
    for (const [number, holder] of [
      [22, '--reserved-port'],
      [10_250, '--reserved-port'],
      [7331, 'the health server'],
    ] as const)
      assert.deepEqual(request(port(number), ['IPv4', 'IPv6']), [
        `port-reserved: ${number}/TCP is reserved (${holder}); this port is not exposed`,
      ])
  })

  it('are available for the other protocol, unless they are reserved for both', () => {
    assert.deepEqual(request(port(22, 'UDP'), ['IPv4']), ['0.0.0.0:22/UDP'])
    const reservedPorts = [{port: 53, holder: '--reserved-port'}]
    for (const protocol of ['TCP', 'UDP'] as const)
      assert.deepEqual(request(port(53, protocol), ['IPv4'], {reservedPorts}), [
        `port-reserved: 53/${protocol} is reserved (--reserved-port); this port is not exposed`,
      ])
    assert.deepEqual(request(port(22), ['IPv4'], {reservedPorts}), ['0.0.0.0:22/TCP'])
  })
})

describe('a family that the host cannot listen for', () => {
  const noIpv6 =
    'family-unavailable: this port is not exposed to IPv6 clients: this host does not support IPv6'

  it('is reported if the host does not support it, and the other family is served', () => {
    assert.deepEqual(request(port(80), ['IPv4', 'IPv6'], {ipv6: false}), ['0.0.0.0:80/TCP', noIpv6])
    assert.deepEqual(request(port(80), ['IPv6'], {ipv6: false}), [noIpv6])
    assert.deepEqual(request(port(80), ['IPv4'], {ipv6: false}), ['0.0.0.0:80/TCP'])
  })

  it('is not reported for a dual-stack Service if --listen-address has only the other family', () => {
    assert.deepEqual(request(port(80), ['IPv4', 'IPv6'], {listenAddresses: {IPv4: ['10.0.0.1'], IPv6: []}}), [
      '10.0.0.1:80/TCP',
    ])
    assert.deepEqual(
      request(port(80), ['IPv4', 'IPv6'], {listenAddresses: {IPv4: ['10.0.0.1'], IPv6: []}, ipv6: false}),
      ['10.0.0.1:80/TCP'],
    )
    assert.deepEqual(request(port(80), ['IPv4', 'IPv6'], {listenAddresses: {IPv4: [], IPv6: ['fd00::1']}}), [
      '[fd00::1]:80/TCP',
    ])
  })

  it('is reported if the Service has no other family', () => {
    assert.deepEqual(request(port(80), ['IPv6'], {listenAddresses: {IPv4: ['10.0.0.1'], IPv6: []}}), [
      'family-unavailable: this port is not exposed to IPv6 clients: no --listen-address is an IPv6 address',
    ])
    assert.deepEqual(request(port(80), ['IPv4'], {listenAddresses: {IPv4: [], IPv6: ['fd00::1']}}), [
      'family-unavailable: this port is not exposed to IPv4 clients: no --listen-address is an IPv4 address',
    ])
  })
})

describe('the addresses that a Service selects', () => {
  const of = (chosen: ChosenAddresses | undefined, families: readonly IpFamily[], wanted = port(80)) => {
    const found: Diagnostic[] = []
    const report = reporter(aService().build(), found)
    const requests = requestListeners(wanted, {families, chosen}, DEFAULT_MODEL_OPTIONS, report)
    return [...requests.map(({id}) => id), ...found.map(({code, message}) => `${code}: ${message}`)]
  }
  const field = ['metadata', 'annotations', 'loadbalancer.lbex/listen-address']
  const one = {IPv4: ['192.0.2.7'], IPv6: [], field, isComplete: true}

  it('get the only listeners', () => {
    assert.deepEqual(of(one, ['IPv4', 'IPv6']), ['192.0.2.7:80/TCP'])
  })

  it('are named if the Service has another family', () => {
    assert.deepEqual(of(one, ['IPv6']), [
      'family-unavailable: this port is not exposed to IPv6 clients: loadbalancer.lbex/listen-address selects no IPv6 address',
    ])
    assert.deepEqual(of({...one, field: ['spec', 'loadBalancerIP']}, ['IPv6']), [
      'family-unavailable: this port is not exposed to IPv6 clients: spec.loadBalancerIP selects no IPv6 address',
    ])
  })

  it('may be of any family if the host is not known', () => {
    assert.deepEqual(of({IPv4: [], IPv6: [], field, isComplete: false}, ['IPv4', 'IPv6']), [])
  })

  it('are none if the host does not have them; a reserved port is still reported', () => {
    assert.deepEqual(of(undefined, ['IPv4']), [])
    assert.deepEqual(of(undefined, ['IPv4'], port(22)), [
      'port-reserved: 22/TCP is reserved (--reserved-port); this port is not exposed',
    ])
  })
})
