/** Creates the listeners that are allocated to several Services, with the routes of all of them. */
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

/** A Service with the requests that were allocated to it. */
type Allocated = {readonly plan: ServicePlan; readonly requests: readonly ListenerRequest[]}

/**
 * `shared` has the listenerIds of the shared listeners. A listener without any upstream is omitted. A Service without an
 * upstream has no route, and the other Services get its traffic.
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
 * Gives the upstream a name for this listener only. The file of the Service may contain the same upstream for another
 * listener, and the two files must not depend on each other because NGINX may reject one of them.
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

/** Replaces each listener that did not change with the object from `before`, so that its file is not written again. */
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
