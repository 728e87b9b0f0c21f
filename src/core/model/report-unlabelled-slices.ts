/** EndpointSlices that look as if they were meant for a Service, and that lbex does not use. */
import {diagnose, type Diagnostic} from '../../diagnostics/diagnostic.js'
import {MOST_LISTED} from '../../diagnostics/reporter.js'
import type {EndpointSlice, Service} from '../cluster/objects.js'

/**
 * Slices without the label that names their Service, if a Service of that name is served and has no other slice. There may be
 * any number of them for one Service: the first by name are listed, and the Service has the number of the others.
 */
export function reportUnlabelled(
  services: readonly Service[],
  slices: readonly EndpointSlice[],
): Diagnostic[] {
  const unlabelled = slices.filter(({serviceName}) => serviceName === '')
  if (unlabelled.length === 0) return []
  const lacking = servicesWithoutSlice(services, slices)
  const meantFor = new Map<Service, EndpointSlice[]>()
  for (const slice of unlabelled) {
    const service = serviceOf(slice, lacking)
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

/** The order of the input must not decide which slices are listed. */
function byName({ref: a}: EndpointSlice, {ref: b}: EndpointSlice): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}

/** By namespace and name. */
type Services = ReadonlyMap<string, ReadonlyMap<string, Service>>

function servicesWithoutSlice(services: readonly Service[], slices: readonly EndpointSlice[]): Services {
  const labelled = new Set(slices.map(({ref, serviceName}) => `${ref.namespace}/${serviceName}`))
  const lacking = new Map<string, Map<string, Service>>()
  for (const service of services) {
    const {namespace, name} = service.ref
    if (labelled.has(`${namespace}/${name}`)) continue
    const inNamespace = lacking.get(namespace) ?? new Map<string, Service>()
    lacking.set(namespace, inNamespace.set(name, service))
  }
  return lacking
}

/** The longest name that the API server accepts; each of its parts is compared. */
const LONGEST_NAME = 253

/** `web-db-x1` is meant for `web-db-x1`, `web-db` or `web`: controllers name a slice after its Service and add a suffix. */
function serviceOf({ref}: EndpointSlice, services: Services): Service | undefined {
  const candidates = services.get(ref.namespace ?? '')
  if (!candidates || ref.name.length > LONGEST_NAME) return undefined
  for (let end = ref.name.length; end >= 0; end = end > 0 ? ref.name.lastIndexOf('-', end - 1) : -1) {
    const service = candidates.get(ref.name.slice(0, end))
    if (service) return service
  }
  return undefined
}
