/** Reports names of --service-name and --namespace that match nothing in the input: an empty result would not explain itself. */
import type {SelectionFlags} from '../flags/selection.js'
import {nearest} from '../../diagnostics/nearest.js'
import type {Service} from '../../core/cluster/objects.js'

/** Names that are listed if none is similar. */
const SHOWN = 5

/** A sentence for each unmatched name. */
export function unmatchedNames(
  {services}: {readonly services: readonly Pick<Service, 'ref'>[]},
  flags: Partial<Pick<SelectionFlags, 'service-name' | 'namespace'>>,
): string[] {
  const wanted = flags['service-name']
  const names = services.map(({ref}) => (wanted?.includes('/') ? `${ref.namespace}/${ref.name}` : ref.name))
  const namespaces = services.map(({ref}) => ref.namespace)
  return [
    ...(wanted === undefined || names.includes(wanted)
      ? []
      : [`there is no Service called ${wanted}${suggestion(wanted, names)}`]),
    ...(flags.namespace ?? [])
      .filter((name) => !namespaces.includes(name))
      .map((name) => `there is no Service in namespace ${name}${suggestion(name, namespaces)}`),
  ]
}

function suggestion(wanted: string, existing: readonly string[]): string {
  const names = [...new Set(existing)].sort()
  const guess = nearest(wanted, names)
  if (guess !== undefined) return `; did you mean ${guess}?`
  if (names.length === 0) return '; no Service was read'
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
  return `; found: ${names.slice(0, SHOWN).join(', ')}${more}`
}
