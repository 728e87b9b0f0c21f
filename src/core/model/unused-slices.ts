/** EndpointSlices that look as if they were meant for a Service, and that lbex does not use. */
import {diagnose, type Diagnostic} from '../../diagnostics/diagnostic.js'
import type {EndpointSlice, Service} from '../cluster/objects.js'

/** Slices without the label that names their Service, if a Service of that name is served and has no other slice. */
export function reportUnlabelled(
  services: readonly Service[],
  slices: readonly EndpointSlice[],
): Diagnostic[] {
  const unlabelled = slices.filter(({serviceName}) => serviceName === '')
  if (unlabelled.length === 0) return []
  const labelled = new Set(slices.map(({ref, serviceName}) => `${ref.namespace}/${serviceName}`))
  const lacking = new Set(
    services.map(({ref}) => `${ref.namespace}/${ref.name}`).filter((name) => !labelled.has(name)),
  )
  return unlabelled.flatMap((slice) => {
    const service = namesIn(slice.ref.name).find((name) => lacking.has(`${slice.ref.namespace}/${name}`))
    if (service === undefined) return []
    return [diagnose('slice-unlabelled', {subject: slice, field: ['metadata', 'name'], args: {service}})]
  })
}

/** `web-db-x1`, `web-db`, `web`: controllers name a slice after its Service and add a suffix. */
function namesIn(name: string): string[] {
  const parts = name.split('-')
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('-'))
}
