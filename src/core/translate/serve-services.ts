/** Keeps the identity of what is served, so that a file that stays the same need not be written again. */
import {isDeepStrictEqual} from 'node:util'
import type {Service} from '../cluster/objects.js'
import type {LoadBalancer, ServedService} from '../model/load-balancer.js'
import type {Claim, ServicePlan} from '../model/plan-service.js'
import {serve} from '../model/serve.js'
import {haveSameItems} from './same-items.js'

type Remembered = {
  readonly plan: ServicePlan
  readonly claims: readonly Claim[]
  readonly served: ServedService | undefined
}

export type Serving = {
  /** As serve(): the same object as before if the Service still serves the same, even by a new plan. */
  readonly serve: (plan: ServicePlan, claims: readonly Claim[]) => ServedService | undefined
  /** The load balancer of these Services: the same object as before if they are the same objects. Sorts them. */
  readonly combine: (services: ServedService[]) => LoadBalancer
}

export function createServing(): Serving {
  const remembered = new WeakMap<Service, Remembered>()
  let latest: LoadBalancer = {services: []}
  return {
    serve(plan, claims) {
      const {service} = plan.intent
      const last = remembered.get(service)
      if (last?.plan === plan && haveSameItems(last.claims, claims)) return last.served
      const made = serve(plan, claims)
      const served = isDeepStrictEqual(made, last?.served) ? last?.served : made
      remembered.set(service, {plan, claims, served})
      return served
    },
    combine(services) {
      services.sort(byName)
      if (!haveSameItems(services, latest.services)) latest = {services}
      return latest
    },
  }
}

function byName({ref: a}: ServedService, {ref: b}: ServedService): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1
  return a.name < b.name ? -1 : 1
}
