/** Removes servers that are listeners of this lbex, and caches the result for each Service while the listeners stay the same. */
import {ownListenerTest, withoutOwnListeners, type IsOwnListener} from '../model/forwarding-loops.js'
import type {HostState} from '../model/host-state.js'
import type {ModelOptions} from '../model/options.js'
import type {ListenerRequest, ServicePlan} from '../model/plan-service.js'
import {haveSameItems} from './remember.js'

/** A Service and its requests whose listeners are available. */
export type AvailableRequests = {readonly plan: ServicePlan; readonly available: readonly ListenerRequest[]}

export type WithoutLoops = ReturnType<typeof withoutOwnListeners>

/**
 * `all` are the Services that get listeners. The returned function takes one of them, and removes its own listeners. It is the
 * same function while its results for the same Service are the same.
 */
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
  let latest: {isOwnListener: IsOwnListener; remove: (one: AvailableRequests) => WithoutLoops} | undefined
  return (all, hostAddresses) => {
    if (!all.some(({plan}) => plan.hasEndpointOnHost)) return unchanged
    const isOwnListener = findOwnListeners(all, hostAddresses)
    if (latest?.isOwnListener !== isOwnListener)
      latest = {isOwnListener, remove: (one) => removeOwnListeners(one, isOwnListener, cache)}
    return latest.remove
  }
}

function removeOwnListeners(
  {plan, available}: AvailableRequests,
  isOwnListener: IsOwnListener,
  cache: WeakMap<ServicePlan, CachedResult>,
): WithoutLoops {
  if (!plan.hasEndpointOnHost) return unchanged({plan, available})
  const last = cache.get(plan)
  if (last?.isOwnListener === isOwnListener && haveSameItems(last.available, available)) return last.result
  const result = withoutOwnListeners(plan, available, isOwnListener)
  cache.set(plan, {isOwnListener, available, result})
  return result
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
  let latest:
    | {all: readonly AvailableRequests[]; hostAddresses: HostState['addresses']; test: IsOwnListener}
    | undefined
  return (all, hostAddresses) => {
    let test = latest?.test
    if (!latest || !test || latest.hostAddresses !== hostAddresses || !haveSameListeners(all, latest.all)) {
      const keys = all.flatMap(servedRequests).map(({key}) => key)
      test = ownListenerTest([...keys, ...ownListeners], {listenAddresses, hostAddresses})
    }
    latest = {all, hostAddresses, test}
    return test
  }
}

function haveSameListeners(all: readonly AvailableRequests[], before: readonly AvailableRequests[]): boolean {
  return (
    all.length === before.length &&
    all.every((each, index) => {
      const earlier = before[index]
      return each === earlier || haveSameItems(idsOf(each), earlier ? idsOf(earlier) : [])
    })
  )
}

function idsOf(one: AvailableRequests): string[] {
  return servedRequests(one).map(({id}) => id)
}

function servedRequests({available}: AvailableRequests): ListenerRequest[] {
  return available.filter(({upstream}) => upstream)
}
