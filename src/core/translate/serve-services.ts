/** Keeps the identity of unchanged results, so that their files are not written again. */
import {isDeepStrictEqual} from 'node:util'
import type {Service} from '../cluster/objects.js'
import type {LoadBalancer, ServedService} from '../model/load-balancer.js'
import type {ListenerRequest, ServicePlan} from '../model/plan-service.js'
import {serve} from '../model/serve.js'
import {keepUnchanged, shareListeners} from '../model/share-listeners.js'
import {haveSameItems} from './plan-services.js'

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
      const services = allocated.map(({served}) => served).filter((served) => served !== undefined)
      services.sort(byName)
      const shared = keepUnchanged(shareListeners(allocated, ids), latest.shared)
      const isSame = haveSameItems(services, latest.services) && haveSameItems(shared, latest.shared)
      return isSame ? latest : (latest = {services, shared})
    },
  }
}

function byName({ref: a}: ServedService, {ref: b}: ServedService): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1
  return a.name < b.name ? -1 : 1
}
