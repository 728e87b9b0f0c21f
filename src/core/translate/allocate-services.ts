/** Allocates listeners, and caches the allocation while the Services request the same listeners: endpoints do not matter. */
import {isDeepStrictEqual} from 'node:util'
import {allocateListeners, type ListenerAllocation} from '../model/allocate-listeners.js'
import type {ListenerRequest, ServicePlan} from '../model/plan-service.js'
import {reportZeroWeights} from '../model/zero-weights.js'

type Capabilities = Parameters<typeof allocateListeners>[1]

/** The returned function returns the same object while the allocation stays the same. */
export function createAllocator(
  capabilities: Capabilities,
): (plans: readonly ServicePlan[]) => ListenerAllocation {
  let latest: {readonly plans: readonly ServicePlan[]; readonly allocation: ListenerAllocation} | undefined
  return (plans) => {
    const isSame = latest !== undefined && requestSame(plans, latest.plans)
    const allocation = latest && isSame ? carryOver(latest, plans) : allocate(plans, capabilities)
    latest = {plans, allocation}
    return allocation
  }
}

function allocate(plans: readonly ServicePlan[], capabilities: Capabilities): ListenerAllocation {
  const {rejected, shared, diagnostics} = allocateListeners(plans, capabilities)
  return {rejected, shared, diagnostics: [...diagnostics, ...reportZeroWeights(plans, rejected)]}
}

function requestSame(plans: readonly ServicePlan[], before: readonly ServicePlan[]): boolean {
  return (
    plans.length === before.length &&
    plans.every((plan, index) => {
      const earlier = before[index]
      return plan === earlier || (earlier !== undefined && differInUpstreams(plan, earlier))
    })
  )
}

/** All else in a claim follows from the Service, and from the options that a translator has for its lifetime. */
function differInUpstreams(plan: ServicePlan, earlier: ServicePlan): boolean {
  return (
    plan.intent.service === earlier.intent.service &&
    plan.requests.length === earlier.requests.length &&
    plan.requests.every((request, index) => haveSameClaim(request, earlier.requests[index]))
  )
}

function haveSameClaim(
  {id, closed, settings}: ListenerRequest,
  earlier: ListenerRequest | undefined,
): boolean {
  return id === earlier?.id && closed === earlier.closed && isDeepStrictEqual(settings, earlier.settings)
}

/** The allocation with the requests of these plans instead of those of the plans before. */
function carryOver(
  {
    plans: before,
    allocation,
  }: {readonly plans: readonly ServicePlan[]; readonly allocation: ListenerAllocation},
  plans: readonly ServicePlan[],
): ListenerAllocation {
  const {rejected, shared, diagnostics} = allocation
  if (rejected.size === 0) return allocation
  const replaced = new Map<ListenerRequest, ListenerRequest>()
  for (const [index, plan] of plans.entries()) {
    const earlier = before[index]
    if (plan === earlier) continue
    for (const [place, request] of plan.requests.entries()) {
      const old = earlier?.requests[place]
      if (old && rejected.has(old)) replaced.set(old, request)
    }
  }
  if (replaced.size === 0) return allocation
  return {rejected: new Set([...rejected].map((old) => replaced.get(old) ?? old)), shared, diagnostics}
}
