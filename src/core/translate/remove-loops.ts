/** Removes servers that are listeners of this lbex, and caches the result for each Service while the listeners stay the same. */
import {ownListenerTest, withoutOwnListeners, type IsOwnListener} from '../model/forwarding-loops.js'
import type {HostState} from '../model/host-state.js'
import type {ModelOptions} from '../model/options.js'
import type {ListenerRequest, ServicePlan} from '../model/plan-service.js'
import {haveSameItems} from './plan-services.js'

/** A Service and its requests whose listeners are available. */
export type AvailableRequests = {readonly plan: ServicePlan; readonly available: readonly ListenerRequest[]}

export type WithoutLoops = ReturnType<typeof withoutOwnListeners>

/** `all` are the Services that get listeners. The returned function takes one of them, and removes its own listeners. */
export type RemoveLoops = (
  all: readonly AvailableRequests[],
  hostAddresses: HostState['addresses'],
) => (one: AvailableRequests) => WithoutLoops

type CachedResult = {
  readonly isOwnListener: IsOwnListener
  readonly available: readonly ListenerRequest[]
  readonly result: WithoutLoops
}

export function createLoopRemover(options: ModelOptions): RemoveLoops {
  const cache = new WeakMap<ServicePlan, CachedResult>()
  const findOwnListeners = rememberOwnListeners(options)
  return (all, hostAddresses) => {
    if (!all.some(({plan}) => plan.hasEndpointOnHost)) return unchanged
    const isOwnListener = findOwnListeners(all, hostAddresses)
    return ({plan, available}) => {
      if (!plan.hasEndpointOnHost) return unchanged({plan, available})
      const last = cache.get(plan)
      if (last?.isOwnListener === isOwnListener && haveSameItems(last.available, available))
        return last.result
      const result = withoutOwnListeners(plan, available, isOwnListener)
      cache.set(plan, {isOwnListener, available, result})
      return result
    }
  }
}

function unchanged({available}: AvailableRequests): WithoutLoops {
  return {requests: available, diagnostics: NO_DIAGNOSTICS}
}

const NO_DIAGNOSTICS: WithoutLoops['diagnostics'] = []

/** Returns the same test while the listeners are the same: a change of endpoints alone does not change them. */
function rememberOwnListeners({
  ownListeners,
  listenAddresses,
}: ModelOptions): (
  all: readonly AvailableRequests[],
  hostAddresses: HostState['addresses'],
) => IsOwnListener {
  let latest: {ids: readonly string[]; hostAddresses: HostState['addresses']; test: IsOwnListener} | undefined
  return (all, hostAddresses) => {
    const ids = servedRequests(all, ({id}) => id)
    if (latest?.hostAddresses === hostAddresses && haveSameItems(latest.ids, ids)) return latest.test
    const keys = [...servedRequests(all, ({key}) => key), ...ownListeners]
    latest = {ids, hostAddresses, test: ownListenerTest(keys, {listenAddresses, hostAddresses})}
    return latest.test
  }
}

/** A property of each request that has an upstream. Loops, because this runs over all requests in every reconcile. */
function servedRequests<T>(
  all: readonly AvailableRequests[],
  property: (request: ListenerRequest) => T,
): T[] {
  const found: T[] = []
  for (const {available} of all)
    for (const request of available) if (request.upstream) found.push(property(request))
  return found
}
