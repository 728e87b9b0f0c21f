/** Creates a listener and its routes from the requests for it. */
import {isDeepStrictEqual} from 'node:util'
import type {ListenerSettings} from '../intent/listener-settings.js'
import type {Listener, Route, Upstream} from './load-balancer.js'
import type {ListenerRequest, ServicePlan} from './plan-service.js'
import {compareMatches} from './route-match.js'
import {differInTls, routeTlsOf} from './route-tls.js'

export type OwnedRequest = {readonly plan: ServicePlan; readonly request: ListenerRequest}

/** All requests that one listener was allocated to. */
export type ListenerRequests = readonly [OwnedRequest, ...OwnedRequest[]]

/** The requests by listener. Listeners that have no upstream for any traffic are omitted: NGINX does not listen there. */
export function groupByListener(requests: readonly OwnedRequest[]): ListenerRequests[] {
  const groups = new Map<string, [OwnedRequest, ...OwnedRequest[]]>()
  for (const each of requests) {
    const group = groups.get(each.request.id)
    if (group) group.push(each)
    else groups.set(each.request.id, [each])
  }
  return [...groups.values()].filter((group) => group.some(({request}) => upstreamOf(request)))
}

/** The settings of the requests that are not closed differ in their source ranges and in the TLS of their names at most. */
export function makeListener(requests: ListenerRequests): Listener {
  const {request} = requests.find((each) => !each.request.closed) ?? requests[0]
  const ranges = rangesOfUpstreams(requests)
  const [common] = ranges
  const settings = withRanges(request.settings, ranges.length === 1 ? common : undefined)
  const hasOwnTls = differInTls(requests.map((each) => each.request))
  const makeOne = (each: OwnedRequest): Route => makeRoute(each, {hasOwnRanges: ranges.length > 1, hasOwnTls})
  const tls = hasOwnTls ? undefined : requests.map((each) => each.request.tls).find((files) => files)
  return {key: request.key, settings, ...(tls && {tls}), routes: requests.map(makeOne).sort(byMatch)}
}

/** Absent: all clients. */
type SourceRanges = ListenerSettings['sourceRanges']

/** The source ranges of the requests with an upstream, without duplicates. */
function rangesOfUpstreams(requests: ListenerRequests): SourceRanges[] {
  const byText = new Map<string, SourceRanges>()
  for (const {request} of requests) {
    const {sourceRanges} = request.settings
    if (upstreamOf(request)) byText.set(sourceRanges?.join() ?? 'all', sourceRanges)
  }
  return [...byText.values()]
}

function withRanges(settings: ListenerSettings, sourceRanges: SourceRanges): ListenerSettings {
  if (isDeepStrictEqual(settings.sourceRanges, sourceRanges)) return settings
  const {sourceRanges: _, ...others} = settings
  return {...others, ...(sourceRanges && {sourceRanges})}
}

/** The upstreams of the requests, each once, sorted by name. */
export function upstreamsOf(requests: readonly OwnedRequest[]): Upstream[] {
  const upstreams = requests.flatMap(({request}) => upstreamOf(request) ?? [])
  const byName = new Map(upstreams.map((upstream) => [upstream.name, upstream]))
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Undefined if the request has no upstream, or gets none of the traffic. */
function upstreamOf({upstream, share}: ListenerRequest): Upstream | undefined {
  return share?.weight === 0 ? undefined : upstream
}

/**
 * A weight without an upstream is rejected and not given to other routes, as for a backendRef of the Gateway API
 * (https://gateway-api.sigs.k8s.io/reference/spec/#backendref).
 */
function makeRoute(
  {plan, request}: OwnedRequest,
  {hasOwnRanges, hasOwnTls}: {readonly hasOwnRanges: boolean; readonly hasOwnTls: boolean},
): Route {
  const {match, port, share, settings} = request
  const weight = share?.weight ?? 1
  const upstream = upstreamOf(request)
  const tls = hasOwnTls ? routeTlsOf(request) : undefined
  return {
    match,
    owner: plan.intent.service.ref,
    portName: port.port.name,
    servicePort: port.port.port,
    ...(port.range && {firstPort: port.range.first}),
    upstreams: upstream ? [{name: upstream.name, weight}] : [],
    ...(!request.upstream && weight > 0 && {rejected: weight}),
    ...(hasOwnRanges && settings.sourceRanges && {sourceRanges: settings.sourceRanges}),
    ...(tls && {tls}),
  }
}

export function byKey({key: a}: Pick<Listener, 'key'>, {key: b}: Pick<Listener, 'key'>): number {
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
