/** What became of the Services in a reconcile. */
import type {ObjectRef} from '../../diagnostics/diagnostic.js'
import type {Outcome} from '../reconcile.js'

type ServedService = Outcome['translation']['loadBalancer']['services'][number]

/** Equal for the same Service, as names have no slash. */
export function refId({namespace = '', name}: ObjectRef): string {
  return `${namespace}/${name}`
}

/** Those whose wanted file NGINX serves. */
export function servedIds({applied, translation}: Outcome): Set<string> {
  const ids = new Set(translation.files.flatMap(({owner}) => (owner ? [refId(owner)] : [])))
  for (const ref of applied.quarantined) ids.delete(refId(ref))
  return ids
}

export function servedServices(outcome: Outcome): ServedService[] {
  const ids = servedIds(outcome)
  return outcome.translation.loadBalancer.services.filter(({ref}) => ids.has(refId(ref)))
}

/** How many Services have an error, and no listener for it. */
export function countRejected(outcome: Outcome): number {
  const others = new Set([...servedIds(outcome), ...outcome.applied.quarantined.map(refId)])
  const wrong = outcome.diagnostics.filter(
    ({severity, object}) => severity === 'error' && object.kind === 'Service',
  )
  return new Set(wrong.map(({object}) => refId(object)).filter((id) => !others.has(id))).size
}
