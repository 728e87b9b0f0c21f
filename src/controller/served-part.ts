/** What NGINX serves after a reconcile. */
import type {LoadBalancer} from '../core/model/load-balancer.js'
import type {ObjectRef} from '../diagnostics/diagnostic.js'
import type {ReconcileOutcome} from './reconcile.js'

/** Services whose files NGINX serves all. */
export function servedIds({applied, translation}: ReconcileOutcome): Set<string> {
  const ids = new Set(translation.files.flatMap(({owners}) => owners.map(serviceId)))
  for (const ref of applied.quarantined) ids.delete(serviceId(ref))
  return ids
}

/**
 * The part of the load balancer that NGINX serves. An outcome names the Services that are left out, but not their files. So a
 * Service that is left out with one of its files counts with none, except for the files that it shares with a served Service.
 */
export function servedPart(outcome: ReconcileOutcome): LoadBalancer {
  const ids = servedIds(outcome)
  const {services, shared} = outcome.translation.loadBalancer
  return {
    services: services.filter(({ref}) => ids.has(serviceId(ref))),
    shared: shared.filter(({owners}) => owners.some(({ref}) => ids.has(serviceId(ref)))),
  }
}

/** The listeners that NGINX has, and the number of those that this host cannot open. A range of ports is one listener. */
export function countListeners(outcome: ReconcileOutcome): {open: number; unavailable: number} {
  const {services, shared} = servedPart(outcome)
  const open = services.reduce((sum, {listeners}) => sum + listeners.length, shared.length)
  return {open, unavailable: outcome.unavailable ?? 0}
}

/** Number of Services that have an error and no listener. */
export function countRejected(outcome: ReconcileOutcome): number {
  const others = new Set([...servedIds(outcome), ...outcome.applied.quarantined.map(serviceId)])
  const errors = outcome.diagnostics.filter(
    ({severity, object}) => severity === 'error' && object.kind === 'Service',
  )
  return new Set(errors.map(({object}) => serviceId(object)).filter((id) => !others.has(id))).size
}

/** Identifies a Service: its namespace and name contain no slash. */
export function serviceId({namespace = '', name}: ObjectRef): string {
  return `${namespace}/${name}`
}
