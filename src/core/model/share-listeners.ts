/** Creates the listeners that are allocated to several Services, with the routes of all of them. */
import {isDeepStrictEqual} from 'node:util'
import {contentHash} from './content-hash.js'
import {listenerId} from './listener-key.js'
import type {Owner, SharedListener} from './load-balancer.js'
import {
  byKey,
  groupByListener,
  makeListener,
  upstreamsOf,
  type ListenerRequests,
  type OwnedRequest,
} from './make-listener.js'
import type {ListenerRequest, ServicePlan} from './plan-service.js'

/** A Service with the requests that were allocated to it. */
type Allocated = {readonly plan: ServicePlan; readonly requests: readonly ListenerRequest[]}

/** `shared` has the listenerIds of the shared listeners. A listener without any upstream is omitted. */
export function shareListeners(
  services: readonly Allocated[],
  shared: ReadonlySet<string>,
): readonly SharedListener[] {
  if (shared.size === 0) return []
  const requests = services.flatMap(({plan, requests: all}) =>
    all.filter(({id}) => shared.has(id)).map((request) => ({plan, request})),
  )
  return groupByListener(requests)
    .map(shareListener)
    .sort((a, b) => byKey(a.listener, b.listener))
}

function shareListener(requests: ListenerRequests): SharedListener {
  const [first, ...others] = requests
  const suffix = contentHash(first.request.id)
  const named: ListenerRequests = [
    withOwnUpstream(first, suffix),
    ...others.map((each) => withOwnUpstream(each, suffix)),
  ]
  return {owners: ownersOf(named), listener: makeListener(named), upstreams: upstreamsOf(named)}
}

/**
 * Gives the upstream a name for this listener only. The file of the Service may contain the same upstream for another
 * listener, and the two files must not depend on each other because NGINX may reject one of them.
 */
function withOwnUpstream({plan, request}: OwnedRequest, suffix: string): OwnedRequest {
  const {upstream} = request
  if (!upstream) return {plan, request}
  return {plan, request: {...request, upstream: {...upstream, name: `${upstream.name}_${suffix}`}}}
}

/** A Service without a backend is not an owner: nothing of it is in the file, except that its traffic is rejected. */
function ownersOf(requests: readonly OwnedRequest[]): Owner[] {
  const served = requests.filter(({request}) => request.upstream)
  const owners = served.map(({plan}): Owner => {
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
