/** The listeners that are allocated to several Services: each is put together from the routes of all of them. */
import {isDeepStrictEqual} from 'node:util'
import {contentHash} from './content-hash.js'
import {listenerId} from './listener-key.js'
import type {Owner, SharedListener} from './load-balancer.js'
import {
  byKey,
  groupByListener,
  makeListener,
  servableRequests,
  upstreamsOf,
  type ServableRequest,
} from './make-listener.js'
import type {ListenerRequest, ServicePlan} from './plan-service.js'

/** Requests of a Service that it got. */
type Allocated = {readonly plan: ServicePlan; readonly requests: readonly ListenerRequest[]}

/**
 * `shared` has the listenerIds of the shared listeners. One without any upstream is left out; a Service without an upstream
 * has no route, and its share goes to the others.
 */
export function shareListeners(
  services: readonly Allocated[],
  shared: ReadonlySet<string>,
): readonly SharedListener[] {
  if (shared.size === 0) return []
  const requests = services.flatMap(({plan, requests: all}) =>
    servableRequests(
      plan,
      all.filter(({id}) => shared.has(id)),
    ).map(withOwnUpstream),
  )
  return [...groupByListener(requests).values()]
    .map(shareListener)
    .sort((a, b) => byKey(a.listener, b.listener))
}

function shareListener(requests: Parameters<typeof makeListener>[0]): SharedListener {
  return {owners: ownersOf(requests), listener: makeListener(requests), upstreams: upstreamsOf(requests)}
}

/**
 * The upstream under a name of this listener's. The Service's own file may hold the same upstream for another listener, and
 * the two must not depend on each other: NGINX may refuse one of the files.
 */
function withOwnUpstream({plan, request}: ServableRequest): ServableRequest {
  const {upstream} = request
  const name = `${upstream.name}_${contentHash(request.id)}`
  return {plan, request: {...request, upstream: {...upstream, name}}}
}

function ownersOf(requests: readonly ServableRequest[]): Owner[] {
  const owners = requests.map(({plan}): Owner => {
    const {ref, origin} = plan.intent.service
    return {ref, ...(origin && {origin})}
  })
  const byName = new Map(owners.map((owner) => [`${owner.ref.namespace}\0${owner.ref.name}`, owner]))
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, owner]) => owner)
}

/** `listeners`, with the object that was there `before` for each that is equal, so that its file need not be written again. */
export function keepUnchanged(
  listeners: readonly SharedListener[],
  before: readonly SharedListener[],
): readonly SharedListener[] {
  const known = new Map(before.map((each) => [listenerId(each.listener.key), each]))
  return listeners.map((each) => {
    const earlier = known.get(listenerId(each.listener.key))
    return earlier && isDeepStrictEqual(each, earlier) ? earlier : each
  })
}
