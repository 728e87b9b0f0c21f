/** What --service-name and --namespace show. With a name, every Service is judged all the same: another one may have the listener. */
import {UsageError} from '../usage-error.js'
import type {SelectionFlags} from '../flags/selection.js'
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import type {IntentOptions} from '../../core/intent/options.js'
import {hasName} from '../../core/intent/select.js'
import type {LoadBalancer} from '../../core/model/load-balancer.js'
import type {Reading} from '../../sources/snapshot-source.js'
import {unmatchedNames} from './unmatched.js'

type Named = Pick<SelectionFlags, 'service-name'>
type Selected = Named & Partial<Pick<SelectionFlags, 'namespace' | 'exclude-namespace'>>

/** The options without the name. */
export function judgingAll<T extends IntentOptions>({serviceName: _, ...options}: T): Omit<T, 'serviceName'> {
  return options
}

/** The listeners of the Service that is named; those that it shares are whole. */
export function selectServices(
  {services, shared}: LoadBalancer,
  {'service-name': name}: Named,
): LoadBalancer {
  return {
    services: services.filter(({ref}) => hasName(ref, name)),
    shared: shared.filter(({owners}) => owners.some(({ref}) => hasName(ref, name))),
  }
}

/** The findings about the Service that is named, and about everything that is not a Service, in the namespaces that are selected. */
export function selectDiagnostics<T extends Pick<Diagnostic, 'object'>>(
  diagnostics: readonly T[],
  {'service-name': wanted, namespace: only = [], 'exclude-namespace': excluded = []}: Selected,
): T[] {
  return diagnostics.filter(({object: {kind, namespace, name}}) => {
    if (kind === 'Service' && !hasName({namespace: namespace ?? '', name}, wanted)) return false
    if (namespace === undefined) return true
    return (only.length === 0 || only.includes(namespace)) && !excluded.includes(namespace)
  })
}

/**
 * Throws a UsageError if --service-name matches no Service: an empty result would look like a success. Not if an error of what was
 * read is shown: then the Service may be in a document that is broken.
 */
export function refuseUnmatched(
  {snapshot, diagnostics}: Pick<Reading, 'snapshot' | 'diagnostics'>,
  flags: Selected,
): void {
  const [sentence] = unmatchedNames(snapshot, {'service-name': flags['service-name']})
  const isBroken = selectDiagnostics(diagnostics, flags).some(({severity}) => severity === 'error')
  if (sentence !== undefined && !isBroken) throw new UsageError(sentence)
}
