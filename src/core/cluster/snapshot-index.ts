/** Lookups in a snapshot. */
import type {EndpointSlice, Service} from './objects.js'
import type {ClusterSnapshot} from './snapshot.js'

const NONE: readonly EndpointSlice[] = []

/** Returns the EndpointSlices of a Service or, if it has none, its Endpoints object. */
export type EndpointIndex = (service: Service) => readonly EndpointSlice[]

export function indexEndpoints(snapshot: ClusterSnapshot): EndpointIndex {
  const slices = groupByService(snapshot.endpointSlices)
  const endpoints = groupByService(snapshot.endpoints)
  return ({ref}) =>
    slices.get(ref.namespace)?.get(ref.name) ?? endpoints.get(ref.namespace)?.get(ref.name) ?? NONE
}

function groupByService(slices: readonly EndpointSlice[]): Map<string, Map<string, EndpointSlice[]>> {
  const namespaces = new Map<string, Map<string, EndpointSlice[]>>()
  for (const slice of slices) {
    let services = namespaces.get(slice.ref.namespace)
    if (!services) namespaces.set(slice.ref.namespace, (services = new Map<string, EndpointSlice[]>()))
    const known = services.get(slice.serviceName)
    if (known) known.push(slice)
    else services.set(slice.serviceName, [slice])
  }
  return namespaces
}
