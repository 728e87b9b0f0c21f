/** Selects servers for the connection test, in an order that covers many upstreams: one server of each upstream first. */
import type {ReachTarget, ReachTargets} from '../reach.js'
import type {LoadBalancer, UpstreamServer} from '../../core/model/load-balancer.js'
import {allUpstreams, ownedListeners} from '../../core/model/owned-listeners.js'

export function targetsOf(loadBalancer: LoadBalancer): ReachTargets {
  const protocols = new Map(
    ownedListeners(loadBalancer).flatMap(({listener: {key, routes}}) =>
      routes.flatMap(({upstreams}) => upstreams.map(({name}) => [name, key.protocol] as const)),
    ),
  )
  const upstreams = allUpstreams(loadBalancer)
  const of = (protocol: 'TCP' | 'UDP'): ReachTarget[] =>
    roundRobin(upstreams.filter(({name}) => protocols.get(name) === protocol).map(({servers}) => servers))
  return {tcp: of('TCP'), udp: of('UDP')}
}

/** The first server of each list, then the second of each, without duplicates and placeholders. */
function roundRobin(lists: readonly (readonly UpstreamServer[])[]): ReachTarget[] {
  const longest = Math.max(0, ...lists.map(({length}) => length))
  const rounds = Array.from({length: longest}, (_, round) => lists.flatMap((servers) => servers[round] ?? []))
  const targets = new Map(
    rounds
      .flat()
      .filter(({down}) => !down)
      .map(({address, port}) => [`${address} ${port}`, {address, port}]),
  )
  return [...targets.values()]
}
