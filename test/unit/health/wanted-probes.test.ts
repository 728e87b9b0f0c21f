import assert from 'node:assert/strict'
import type {HealthCheck} from '../../../src/core/intent/health-check.js'
import type {LoadBalancer, Upstream} from '../../../src/core/model/load-balancer.js'
import {wantedProbes} from '../../../src/health/wanted-probes.js'
import {aRoute, listenerSettings} from '../../support/builders.js'

const CHECK: HealthCheck = {
  ...{id: 'tcp', type: 'tcp', path: '/'},
  ...{interval: 500, timeout: 200, rise: 2, fall: 3},
}

function upstream(name: string, servers: number, healthCheck: HealthCheck | undefined = CHECK): Upstream {
  const settings = {balancing: {algorithm: 'round_robin'}, ...(healthCheck && {healthCheck})} as const
  const addresses = Array.from({length: servers}, (_, index) => `10.1.${index >> 8}.${index & 255}`)
  return {
    ...{name, settings, unknown: [], absent: []},
    servers: addresses.map((address) => ({address, port: 80, weight: 1, down: false})),
  }
}

const service = (namespace: string, ...upstreams: Upstream[]): LoadBalancer['services'][number] => ({
  ...{ref: {kind: 'Service', namespace, name: 'web'}, id: 'a', listeners: [], upstreams},
})

/** By namespace: the number of probes, and their longest interval. */
function summary(loadBalancer: LoadBalancer): Record<string, [number, number]> {
  const found: Record<string, [number, number]> = {}
  for (const {target, interval} of wantedProbes(loadBalancer).values()) {
    const [count, longest] = found[target.namespace] ?? [0, 0]
    found[target.namespace] = [count + 1, Math.max(longest, interval)]
  }
  return found
}

describe('wantedProbes', () => {
  it('has each server once for each namespace and check', () => {
    const services = [service('a', upstream('u', 2), upstream('v', 3)), service('b', upstream('u', 2))]
    assert.deepEqual(summary({services, shared: []}), {a: [3, 500], b: [2, 500]})
  })

  it('has longer intervals for a namespace that asks for more than 1,000 probes a second', () => {
    const services = [service('greedy', upstream('u', 5000)), service('modest', upstream('u', 5))]
    assert.deepEqual(summary({services, shared: []}), {greedy: [5000, 5000], modest: [5, 500]})
  })

  it('counts a TLS handshake as ten probes', () => {
    const check = {...CHECK, interval: 1000, tls: {name: 'web.a.svc'}}
    const services = [service('a', upstream('u', 100, check)), service('b', upstream('u', 200, check))]
    assert.deepEqual(summary({services, shared: []}), {a: [100, 1000], b: [200, 2000]})
  })

  it('has longer intervals for those that ask for most, if all ask for more than 4,000 probes a second', () => {
    const greedy = ['a', 'b', 'c', 'd', 'e'].map((namespace) => service(namespace, upstream('u', 500)))
    const services = [...greedy, service('modest', upstream('u', 100))]
    const {modest, ...others} = summary({services, shared: []})
    assert.deepEqual(modest, [100, 500])
    // 4,000 less the 200 of the modest one, for five.
    const interval = 500 * (1000 / 760)
    assert.deepEqual(others, Object.fromEntries([...'abcde'].map((each) => [each, [500, interval]])))
    assert.deepEqual(summary({services: greedy.slice(0, 4), shared: []})['a'], [500, 500])
  })

  it('has the servers of shared listeners, for the namespaces of their owners', () => {
    const owner = {kind: 'Service', namespace: 'b', name: 'api'}
    const routes = [
      aRoute({upstreams: [{name: 'u', weight: 1}]}),
      aRoute({owner, upstreams: [{name: 'v', weight: 1}]}),
    ]
    const key = {address: '0.0.0.0', port: 443, protocol: 'TCP'} as const
    const listener = {key, settings: listenerSettings(), routes}
    const shared = [{owners: [], listener, upstreams: [upstream('u', 1), upstream('v', 2)]}]
    assert.deepEqual(summary({services: [], shared}), {default: [1, 500], b: [2, 500]})
  })

  it('has no server whose upstream is not known, or has no check', () => {
    const unknown = {...upstream('u', 1), unknown: ['the endpoints']}
    const {healthCheck: _, ...unchecked} = upstream('v', 1).settings
    const services = [service('a', unknown, {...upstream('v', 1), settings: unchecked})]
    assert.deepEqual(summary({services, shared: []}), {})
  })
})
