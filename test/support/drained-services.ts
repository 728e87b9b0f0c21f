/** Load balancers with Services that have a drain timeout, by hand. */
import {listenerSettings} from './builders.js'
import type {
  LoadBalancer,
  ServedService,
  SharedListener,
  Upstream,
} from '../../src/core/model/load-balancer.js'
import type {ListenerKey} from '../../src/core/model/listener-key.js'

export type DrainedService = {
  /** Ports of its servers on 127.0.0.1. */
  readonly to: readonly number[]
  /** Milliseconds; default: none. */
  readonly timeout?: number
  /** Ports of servers that are marked down. */
  readonly down?: readonly number[]
  readonly protocol?: 'TCP' | 'UDP'
}

const ADDRESS = '127.0.0.1'

/** Services of the namespace default by name, each with one listener. */
export function drainedServices(services: Readonly<Record<string, DrainedService>>): LoadBalancer {
  return {services: Object.entries(services).map(serviceOf), shared: []}
}

/** A listener that these Services of the namespace default share. */
export function drainedListener(services: Readonly<Record<string, DrainedService>>): SharedListener {
  const made = Object.entries(services).map(serviceOf)
  return {
    owners: made.map(({ref}) => ({ref})),
    listener: {
      key: keyOf('TCP'),
      settings: listenerSettings(),
      routes: made.flatMap(({listeners}) => listeners.flatMap(({routes}) => routes)),
    },
    upstreams: made.flatMap(({upstreams}) => upstreams),
  }
}

function serviceOf([name, {to, timeout, down = [], protocol = 'TCP'}]: [
  string,
  DrainedService,
]): ServedService {
  const ref = {kind: 'Service', namespace: 'default', name}
  const serverAt = (port: number, isDown: boolean) => ({address: ADDRESS, port, weight: 1, down: isDown})
  const upstream: Upstream = {
    name,
    settings: {
      balancing: {algorithm: 'round_robin'},
      ...(timeout !== undefined && {drainTimeout: timeout}),
    },
    servers: [...to.map((port) => serverAt(port, false)), ...down.map((port) => serverAt(port, true))],
    unknown: [],
    absent: [],
  }
  const route = {match: {type: 'all'}, owner: ref, portName: '', servicePort: 80} as const
  const routes = [{...route, upstreams: [{name, weight: 1}]}]
  const listener = {key: keyOf(protocol), settings: listenerSettings(), routes}
  return {ref, id: name, listeners: [listener], upstreams: [upstream]}
}

function keyOf(protocol: 'TCP' | 'UDP'): ListenerKey {
  return {address: '0.0.0.0', port: 80, protocol}
}
