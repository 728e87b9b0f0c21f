/** Events about the status of a Service, with the reasons that Kubernetes' own service controller uses. Pure. */
import type {Ingress} from '../core/cluster/written-state.js'
import {ApiFailure} from '../kube/api-failure.js'
import type {EventDraft} from './events.js'
import {resultOf} from './paced-writes.js'
import type {ServedPorts} from './served-ports.js'
import type {ServiceTarget} from './service-writer.js'
import {describeIngress} from './status.js'

/** `before` was replaced. Undefined if only ports changed: Events about diagnostics report these. */
export function publishedEvent(
  {service, uid, ingress = []}: ServiceTarget,
  before: readonly Ingress[],
): EventDraft | undefined {
  const [old, current] = [describeIngress(before), describeIngress(ingress)]
  if (isSameSet(before, ingress)) return undefined
  const about = {service, uid, type: 'Normal', action: 'Publish'} as const
  if (ingress.length === 0)
    return {
      ...about,
      reason: 'DeletedLoadBalancer',
      note: `The load balancer was removed: ${old} no longer serves this Service`,
    }
  if (before.length === 0)
    return {
      ...about,
      reason: 'EnsuredLoadBalancer',
      note: `The load balancer serves this Service at ${current}`,
    }
  return {
    ...about,
    reason: 'UpdatedLoadBalancer',
    note: `The load balancer serves this Service at ${current} instead of ${old}`,
  }
}

function isSameSet(a: readonly Ingress[], b: readonly Ingress[]): boolean {
  const [first, second] = [a, b].map((ingress) =>
    ingress
      .map(({ip, hostname}) => ip ?? hostname)
      .sort()
      .join(),
  )
  return first === second
}

/**
 * The API server rejects the status. Undefined for any other failure: it is retried, or not about a single Service. The note has
 * only the answer of the API server, because the message of the failure names the API server and a file of the host.
 */
export function refusedEvent({service, uid}: ServiceTarget, error: unknown): EventDraft | undefined {
  if (!(error instanceof ApiFailure) || resultOf(error) !== 'refused') return undefined
  const note = `The API server rejects the status of the load balancer: ${error.answer ?? `HTTP ${error.status}`}`
  return {service, uid, type: 'Warning', action: 'Publish', reason: 'SyncLoadBalancerFailed', note}
}

/** The Service has an address, but none of its ports is served. */
export function unavailableEvent({service, ports, families}: ServedPorts): EventDraft[] {
  if (families.length === 0 || ports.some(({error}) => error === undefined)) return []
  const errors = [...new Set(ports.map(({error}) => error))].join(', ')
  const note = `No port of this Service is served: ${errors}`
  const about = {service: service.ref, uid: service.uid, action: 'Serve'}
  return [{...about, type: 'Warning', reason: 'UnAvailableLoadBalancer', note}]
}
