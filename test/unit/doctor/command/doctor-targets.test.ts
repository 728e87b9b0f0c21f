import assert from 'node:assert/strict'
import {targetsOf} from '../../../../src/doctor/command/doctor-targets.js'
import {aRoute, listenerSettings} from '../../../support/builders.js'
import type {Listener, LoadBalancer, Upstream} from '../../../../src/core/model/load-balancer.js'

const upstream = (name: string, servers: readonly [address: string, down?: boolean][]): Upstream => ({
  name,
  settings: {balancing: {algorithm: 'round_robin'}},
  servers: servers.map(([address, down = false]) => ({address, port: 80, weight: 1, down})),
  unknown: [],
  absent: [],
})
const listener = (name: string, protocol: 'TCP' | 'UDP'): Listener => ({
  key: {address: '0.0.0.0', port: 80, protocol},
  routes: [aRoute({upstreams: [{name, weight: 1}]})],
  settings: listenerSettings(),
})
const service = (
  listeners: readonly Listener[],
  upstreams: readonly Upstream[],
): LoadBalancer['services'][number] => ({
  ref: {kind: 'Service', namespace: 'default', name: 'web'},
  id: '0',
  listeners,
  upstreams,
})

describe('targetsOf', () => {
  it('takes one server of each upstream, then the next of each, without duplicates', () => {
    const services = [
      service(
        [listener('a', 'TCP'), listener('b', 'TCP')],
        [upstream('a', [['1'], ['2'], ['3']]), upstream('b', [['1'], ['4']])],
      ),
      service([listener('c', 'TCP')], [upstream('c', [['5'], ['6', true]])]),
    ]
    assert.deepEqual(
      targetsOf({services, shared: []}).tcp.map(({address}) => address),
      ['1', '5', '2', '4', '3'],
    )
  })

  it('separates UDP from TCP', () => {
    const services = [service([listener('a', 'UDP')], [upstream('a', [['1']])])]
    assert.deepEqual(targetsOf({services, shared: []}), {tcp: [], udp: [{address: '1', port: 80}]})
    assert.deepEqual(targetsOf({services: [], shared: []}), {tcp: [], udp: []})
  })
})
