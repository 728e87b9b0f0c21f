/**
 * Selects what `render` and `check` show with --service-name and --namespace. All Services are translated even if one is named,
 * because another one may have its listener.
 */
import {UsageError} from '../usage-error.js'
import type {SelectionFlags} from '../flags/selection.js'
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import type {IntentOptions} from '../../core/intent/options.js'
import {hasName} from '../../core/intent/select.js'
import type {LoadBalancer} from '../../core/model/load-balancer.js'
import type {SnapshotReading} from '../../sources/snapshot-source.js'
import {unmatchedNames} from './unmatched.js'

type NameSelection = Pick<SelectionFlags, 'service-name'>
type ServiceSelection = NameSelection & Partial<Pick<SelectionFlags, 'namespace' | 'exclude-namespace'>>

/** The options to translate all Services with, whichever one is named. */
export function withoutServiceName<T extends IntentOptions>({
  serviceName: _,
  ...options
}: T): Omit<T, 'serviceName'> {
  return options
}

/** The listeners of the named Service; shared listeners keep all their routes. */
export function selectServices(
  {services, shared}: LoadBalancer,
  {'service-name': name}: NameSelection,
): LoadBalancer {
  return {
    services: services.filter(({ref}) => hasName(ref, name)),
    shared: shared.filter(({owners}) => owners.some(({ref}) => hasName(ref, name))),
  }
}

/** The diagnostics of the named Service, and of objects that are not Services, in the selected namespaces. */
export function selectDiagnostics<T extends Pick<Diagnostic, 'object'>>(
  diagnostics: readonly T[],
  {'service-name': wanted, namespace: only = [], 'exclude-namespace': excluded = []}: ServiceSelection,
): T[] {
  return diagnostics.filter(({object: {kind, namespace, name}}) => {
    if (kind === 'Service' && !hasName({namespace: namespace ?? '', name}, wanted)) return false
    if (namespace === undefined) return true
    return (only.length === 0 || only.includes(namespace)) && !excluded.includes(namespace)
  })
}

/**
 * Throws a UsageError if --service-name matches no Service, because an empty result would look like a success. Does not throw if
 * the input has errors: the Service may be in a document that could not be parsed.
 */
export function refuseUnmatched(
  {snapshot, diagnostics}: Pick<SnapshotReading, 'snapshot' | 'diagnostics'>,
  flags: ServiceSelection,
): void {
  const [sentence] = unmatchedNames(snapshot, {'service-name': flags['service-name']})
  const isBroken = selectDiagnostics(diagnostics, flags).some(({severity}) => severity === 'error')
  if (sentence !== undefined && !isBroken) throw new UsageError(sentence)
}
