/** What became of the Services in a reconcile. */
import type {ObjectRef} from '../../diagnostics/diagnostic.js'
import type {Outcome} from '../reconcile.js'

type LoadBalancer = Outcome['translation']['loadBalancer']

/** Equal for the same Service, as names have no slash. */
export function refId({namespace = '', name}: ObjectRef): string {
  return `${namespace}/${name}`
}

/** Services of which NGINX serves every file that is wanted. */
export function servedIds({applied, translation}: Outcome): Set<string> {
  const ids = new Set(translation.files.flatMap(({owners}) => owners.map(refId)))
  for (const ref of applied.quarantined) ids.delete(refId(ref))
  return ids
}

/**
 * What of the load balancer NGINX serves. Of a Service that has a file left out, no file counts but those that it shares with
 * Services that are served: an outcome names the Services of what is left out, and not the files.
 */
export function servedPart(outcome: Outcome): LoadBalancer {
  const ids = servedIds(outcome)
  const {services, shared} = outcome.translation.loadBalancer
  return {
    services: services.filter(({ref}) => ids.has(refId(ref))),
    shared: shared.filter(({owners}) => owners.some(({ref}) => ids.has(refId(ref)))),
  }
}

/** How many Services have an error, and no listener for it. */
export function countRejected(outcome: Outcome): number {
  const others = new Set([...servedIds(outcome), ...outcome.applied.quarantined.map(refId)])
  const wrong = outcome.diagnostics.filter(
    ({severity, object}) => severity === 'error' && object.kind === 'Service',
  )
  return new Set(wrong.map(({object}) => refId(object)).filter((id) => !others.has(id))).size
}
