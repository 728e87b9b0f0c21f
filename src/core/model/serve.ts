/** What NGINX serves for one Service without shared listeners: the available listeners that were allocated to it. */
import {describeBindError, type BindError} from '../../diagnostics/bind-error.js'
import type {Diagnostic, FieldPath} from '../../diagnostics/diagnostic.js'
import type {HostState} from './host-state.js'
import type {ListenerKey} from './listener-key.js'
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

/**
 * The diagnostics `port-held` for the requests whose listeners are unavailable on the host: one for the ports of a range that are
 * unavailable for the same reason.
 */
export function reportHeld(
  {intent}: ServicePlan,
  requests: readonly ListenerRequest[],
  unavailable: HostState['unavailable'],
): Diagnostic[] {
  const groups = new Map<string, {key: ListenerKey; error: BindError; field: FieldPath; all: ListenerKey[]}>()
  for (const {id, key, port} of requests) {
    const error = unavailable.get(id)
    if (error === undefined) continue
    const ports = [port.range ? port.index : id, key.address, key.protocol, describeBindError(error)].join(
      ' ',
    )
    const group = groups.get(ports)
    if (group) group.all.push(key)
    else groups.set(ports, {key, error, field: port.field, all: [key]})
  }
  return [...groups.values()].map(({field, ...held}) =>
    diagnosePortHeld(held, {subject: intent.service, field}),
  )
}
