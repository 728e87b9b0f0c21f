/** What NGINX serves for one Service without shared listeners: the available listeners that were allocated to it. */
import type {BindError} from '../../diagnostics/bind-error.js'
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import type {ServedService} from './load-balancer.js'
import {byKey, groupByListener, makeListener, upstreamsOf} from './make-listener.js'
import type {ListenerRequest, ServicePlan} from './plan-service.js'
import {diagnosePortHeld} from './port-held.js'

/** `requests` are for listeners that are not shared. Undefined if none of them has an upstream. */
export function serve(plan: ServicePlan, requests: readonly ListenerRequest[]): ServedService | undefined {
  const listeners = groupByListener(requests.map((request) => ({plan, request})))
  if (listeners.length === 0) return undefined
  const {ref, origin} = plan.intent.service
  return {
    ref,
    ...(origin && {origin}),
    id: plan.id,
    listeners: listeners.map(makeListener).sort(byKey),
    upstreams: upstreamsOf(listeners.flat()),
  }
}

/** The diagnostic `port-held` for a request whose listener is unavailable on the host. */
export function reportHeld(
  {intent}: ServicePlan,
  {key, port}: ListenerRequest,
  error: BindError,
): Diagnostic {
  return diagnosePortHeld({key, error}, {subject: intent.service, field: port.field})
}
