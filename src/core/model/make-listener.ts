/** Creates a listener and its routes from the requests for it. */
import type {Listener, Route, Upstream} from './load-balancer.js'
import type {ListenerRequest, ServicePlan} from './plan-service.js'
import {compareMatches} from './route-match.js'

/** A request that has an upstream. */
export type ServableRequest = {
  readonly plan: ServicePlan
  readonly request: ListenerRequest & {readonly upstream: Upstream}
}

/** The requests of `plan` that have an upstream. */
export function servableRequests(
  plan: ServicePlan,
  requests: readonly ListenerRequest[],
): readonly ServableRequest[] {
  return requests.flatMap(({upstream, ...request}) =>
    upstream ? [{plan, request: {...request, upstream}}] : [],
  )
}

/** The requested listeners, sorted by port, protocol, address. */
export function makeListeners(requests: readonly ServableRequest[]): Listener[] {
  return [...groupByListener(requests).values()].map(makeListener).sort(byKey)
}

/** By listenerId. */
export function groupByListener(requests: readonly ServableRequest[]): Map<string, ServableRequests> {
  const groups = new Map<string, [ServableRequest, ...ServableRequest[]]>()
  for (const each of requests) {
    const group = groups.get(each.request.id)
    if (group) group.push(each)
    else groups.set(each.request.id, [each])
  }
  return groups
}

type ServableRequests = readonly [ServableRequest, ...ServableRequest[]]

/** All `requests` are for the same listener. */
export function makeListener(requests: ServableRequests): Listener {
  const [{request}] = requests
  return {key: request.key, settings: request.settings, routes: requests.map(makeRoute).sort(byMatch)}
}

/** The upstreams of the requests, each once, sorted by name. */
export function upstreamsOf(requests: readonly ServableRequest[]): Upstream[] {
  const byName = new Map(requests.map(({request: {upstream}}) => [upstream.name, upstream]))
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function makeRoute({plan, request: {match, port, weight = 1, upstream}}: ServableRequest): Route {
  return {
    match,
    owner: plan.intent.service.ref,
    portName: port.port.name,
    servicePort: port.port.port,
    upstreams: [{name: upstream.name, weight}],
  }
}

export function byKey({key: a}: Listener, {key: b}: Listener): number {
  if (a.port !== b.port) return a.port - b.port
  if (a.protocol !== b.protocol) return a.protocol < b.protocol ? -1 : 1
  return a.address < b.address ? -1 : 1
}

function byMatch(a: Route, b: Route): number {
  return compareMatches(a.match, b.match) || (placeOf(a) < placeOf(b) ? -1 : 1)
}

/** NUL sorts before every character of a name. */
function placeOf({owner, servicePort, upstreams}: Route): string {
  return [owner.namespace, owner.name, String(servicePort).padStart(5, '0'), upstreams[0]?.name].join('\0')
}
