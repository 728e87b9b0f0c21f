/** Reports EndpointSlices that seem to belong to a Service but lack the label with its name. */
import {diagnose, type Diagnostic} from '../../diagnostics/diagnostic.js'
import {MOST_LISTED} from '../../diagnostics/reporter.js'
import type {EndpointSlice, Service} from '../cluster/objects.js'

/**
 * Reports slices without the label, if their name matches a served Service that has no other slice. A Service may have any
 * number of them: the first MOST_LISTED by name are listed, and one diagnostic about the Service counts the others.
 */
export function reportUnlabelled(
  services: readonly Service[],
  slices: readonly EndpointSlice[],
): Diagnostic[] {
  const unlabelled = slices.filter(({serviceName}) => serviceName === '')
  if (unlabelled.length === 0) return []
  const withoutSlice = servicesWithoutSlice(services, slices)
  const meantFor = new Map<Service, EndpointSlice[]>()
  for (const slice of unlabelled) {
    const service = serviceOf(slice, withoutSlice)
    if (!service) continue
    const others = meantFor.get(service)
    if (others) others.push(slice)
    else meantFor.set(service, [slice])
  }
  return [...meantFor].flatMap(([service, meant]) => report(service, meant))
}

function report(service: Service, slices: readonly EndpointSlice[]): Diagnostic[] {
  const more = slices.length - MOST_LISTED
  const listed = more > 0 ? [...slices].sort(byName).slice(0, MOST_LISTED) : slices
  const found = listed.map((slice) =>
    diagnose('slice-unlabelled', {
      subject: slice,
      field: ['metadata', 'name'],
      args: {service: service.ref.name},
    }),
  )
  if (more <= 0) return found
  const args = {code: 'slice-unlabelled', count: more, listed: MOST_LISTED}
  return [...found, diagnose('findings-not-listed', {subject: service, args})]
}

/** Makes the listed slices independent of the order of the input. */
function byName({ref: a}: EndpointSlice, {ref: b}: EndpointSlice): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}

/** By namespace and name. */
type ServicesByName = ReadonlyMap<string, ReadonlyMap<string, Service>>

function servicesWithoutSlice(
  services: readonly Service[],
  slices: readonly EndpointSlice[],
): ServicesByName {
  const labelled = new Set(slices.map(({ref, serviceName}) => `${ref.namespace}/${serviceName}`))
  const withoutSlice = new Map<string, Map<string, Service>>()
  for (const service of services) {
    const {namespace, name} = service.ref
    if (labelled.has(`${namespace}/${name}`)) continue
    const inNamespace = withoutSlice.get(namespace) ?? new Map<string, Service>()
    withoutSlice.set(namespace, inNamespace.set(name, service))
  }
  return withoutSlice
}

/** The longest name that the API server accepts. Each prefix of a name is looked up, so longer ones would be costly. */
const LONGEST_NAME = 253

/** `web-db-x1` may belong to `web-db-x1`, `web-db` or `web`: controllers name a slice after its Service and add a suffix. */
function serviceOf({ref}: EndpointSlice, services: ServicesByName): Service | undefined {
  const candidates = services.get(ref.namespace ?? '')
  if (!candidates || ref.name.length > LONGEST_NAME) return undefined
  for (let end = ref.name.length; end >= 0; end = end > 0 ? ref.name.lastIndexOf('-', end - 1) : -1) {
    const service = candidates.get(ref.name.slice(0, end))
    if (service) return service
  }
  return undefined
}
