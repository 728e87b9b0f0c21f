/** Which servers of a load balancer are worth a try, in an order in which a few tell most: one of each upstream first. */
import type {Target, Targets} from '../reach.js'
import type {LoadBalancer, UpstreamServer} from '../../core/model/load-balancer.js'
import {allUpstreams, ownedListeners} from '../../core/model/owned-listeners.js'

export function targetsOf(loadBalancer: LoadBalancer): Targets {
  const protocols = new Map(
    ownedListeners(loadBalancer).flatMap(({listener: {key, routes}}) =>
      routes.flatMap(({upstreams}) => upstreams.map(({name}) => [name, key.protocol] as const)),
    ),
  )
  const upstreams = allUpstreams(loadBalancer)
  const of = (protocol: 'TCP' | 'UDP'): Target[] =>
    inTurns(upstreams.filter(({name}) => protocols.get(name) === protocol).map(({servers}) => servers))
  return {tcp: of('TCP'), udp: of('UDP')}
}

/** The first of each list, then the second of each; none twice, and none that only stands in for what is not known. */
function inTurns(lists: readonly (readonly UpstreamServer[])[]): Target[] {
  const longest = Math.max(0, ...lists.map(({length}) => length))
  const turns = Array.from({length: longest}, (_, turn) => lists.flatMap((servers) => servers[turn] ?? []))
  const targets = new Map(
    turns
      .flat()
      .filter(({down}) => !down)
      .map(({address, port}) => [`${address} ${port}`, {address, port}]),
  )
  return [...targets.values()]
}
