/** Keeps the identity of unchanged results, so that their files are not written again. */
import {isDeepStrictEqual} from 'node:util'
import type {Service} from '../cluster/objects.js'
import type {LoadBalancer, ServedService} from '../model/load-balancer.js'
import type {ListenerRequest, ServicePlan} from '../model/plan-service.js'
import {serve} from '../model/serve.js'
import {keepUnchanged, shareListeners} from '../model/share-listeners.js'
import {haveSameItems} from './remember.js'

type CachedService = {
  readonly plan: ServicePlan
  readonly requests: readonly ListenerRequest[]
  readonly served: ServedService | undefined
}

/** `requests` includes those for shared listeners, which are not in `served`. */
export type AllocatedService = {
  readonly plan: ServicePlan
  readonly requests: readonly ListenerRequest[]
  readonly served: ServedService | undefined
}

export type ServiceMemo = {
  /** Like serve(), but returns the previous object if the result is equal, even if the plan is new. */
  readonly serve: (plan: ServicePlan, requests: readonly ListenerRequest[]) => ServedService | undefined
  /** The load balancer of these Services, or the previous object if all its parts are the same. `shared` has listenerIds. */
  readonly combine: (services: readonly AllocatedService[], shared: ReadonlySet<string>) => LoadBalancer
}

export function createServiceMemo(): ServiceMemo {
  const cache = new WeakMap<Service, CachedService>()
  const sort = createSorter()
  let latest: LoadBalancer = {services: [], shared: []}
  return {
    serve(plan, requests) {
      const {service} = plan.intent
      const last = cache.get(service)
      if (last?.plan === plan && haveSameItems(last.requests, requests)) return last.served
      const made = serve(plan, requests)
      const served = isDeepStrictEqual(made, last?.served) ? last?.served : made
      cache.set(service, {plan, requests, served})
      return served
    },
    combine(allocated, ids) {
      const services = sort(allocated)
      const shared = keepUnchanged(shareListeners(allocated, ids), latest.shared)
      const isSame = haveSameItems(services, latest.services) && haveSameItems(shared, latest.shared)
      return isSame ? latest : (latest = {services, shared})
    },
  }
}

/** Returns what is served, sorted by namespace and name. If the same Services are served as before, it keeps their places. */
function createSorter(): (allocated: readonly AllocatedService[]) => readonly ServedService[] {
  let latest: {allocated: readonly AllocatedService[]; sorted: readonly ServedService[]}
  latest = {allocated: [], sorted: []}
  return (allocated) => {
    const replaced = replacements(allocated, latest.allocated)
    const sorted = replaced
      ? latest.sorted.map((served) => (replaced.size === 0 ? served : (replaced.get(served) ?? served)))
      : servedBy(allocated).sort(byName)
    latest = {allocated, sorted}
    return sorted
  }
}

function servedBy(allocated: readonly AllocatedService[]): ServedService[] {
  return allocated.map(({served}) => served).filter((served) => served !== undefined)
}

/** What is served now instead of what was before; undefined if Services came or went. */
function replacements(
  allocated: readonly AllocatedService[],
  before: readonly AllocatedService[],
): ReadonlyMap<ServedService, ServedService> | undefined {
  if (allocated.length !== before.length) return undefined
  const replaced = new Map<ServedService, ServedService>()
  for (const [index, each] of allocated.entries()) {
    const earlier = before[index]
    if (each === earlier) continue
    const [now, then] = [each.served, earlier?.served]
    if (now === then) continue
    if (!now || !then || now.id !== then.id) return undefined
    replaced.set(then, now)
  }
  return replaced
}

function byName({ref: a}: ServedService, {ref: b}: ServedService): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1
  return a.name < b.name ? -1 : 1
}
