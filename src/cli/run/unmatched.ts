/** Says which names of --service-name and --namespace nothing that was read has: an empty result would not tell why. */
import type {SelectionFlags} from '../flags/selection.js'
import {nearest} from '../../diagnostics/nearest.js'
import type {ClusterSnapshot} from '../../core/cluster/snapshot.js'

/** Names that are listed where none is near. */
const SHOWN = 5

/** A sentence for each. */
export function unmatchedNames(
  {services}: Pick<ClusterSnapshot, 'services'>,
  flags: Partial<Pick<SelectionFlags, 'service-name' | 'namespace'>>,
): string[] {
  const wanted = flags['service-name']
  const names = services.map(({ref}) => (wanted?.includes('/') ? `${ref.namespace}/${ref.name}` : ref.name))
  const namespaces = services.map(({ref}) => ref.namespace)
  return [
    ...(wanted === undefined || names.includes(wanted)
      ? []
      : [`no Service is called ${wanted}${instead(wanted, names)}`]),
    ...(flags.namespace ?? [])
      .filter((name) => !namespaces.includes(name))
      .map((name) => `no Service is in namespace ${name}${instead(name, namespaces)}`),
  ]
}

function instead(wanted: string, there: readonly string[]): string {
  const names = [...new Set(there)].sort()
  const guess = nearest(wanted, names)
  if (guess !== undefined) return `; did you mean ${guess}?`
  if (names.length === 0) return '; no Service was read'
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
  return `; there are ${names.slice(0, SHOWN).join(', ')}${more}`
}
