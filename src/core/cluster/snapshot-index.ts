/** Lookups in a snapshot. */
import type {EndpointSlice, Service} from './objects.js'
import type {ClusterSnapshot} from './snapshot.js'

const NONE: readonly EndpointSlice[] = []

/** Returns the EndpointSlices of a Service or, if it has none, its Endpoints object. */
export type EndpointIndex = (service: Service) => readonly EndpointSlice[]

export type IndexEndpoints = (snapshot: ClusterSnapshot) => EndpointIndex

/**
 * The returned function updates its index for the slices that changed since its last call. So it returns an index that is valid
 * until the next call.
 */
export function createEndpointIndexer(): IndexEndpoints {
  const [groupSlices, groupEndpoints] = [createGrouper(), createGrouper()]
  return (snapshot) => {
    const slices = groupSlices(snapshot.endpointSlices)
    const endpoints = groupEndpoints(snapshot.endpoints)
    return ({ref}) =>
      slices.get(ref.namespace)?.get(ref.name) ?? endpoints.get(ref.namespace)?.get(ref.name) ?? NONE
  }
}

/** By namespace and name of the Service. */
type SlicesByService = Map<string, Map<string, readonly EndpointSlice[]>>

/** If more slices changed at a time, grouping all of them again is cheaper than replacing some. */
const MOST_REPLACED = 100

function createGrouper(): (slices: readonly EndpointSlice[]) => SlicesByService {
  let latest: readonly EndpointSlice[] = []
  let groups: SlicesByService = new Map()
  return (slices) => {
    const replaced = replacements(slices, latest)
    if (replaced) replaceSlices(groups, replaced)
    else groups = groupByService(slices)
    latest = slices
    return groups
  }
}

/** The slices by those that they replace in the list; undefined if there are too many, or one belongs to another Service. */
function replacements(
  slices: readonly EndpointSlice[],
  before: readonly EndpointSlice[],
): ReadonlyMap<EndpointSlice, EndpointSlice> | undefined {
  if (slices.length !== before.length) return undefined
  const replaced = new Map<EndpointSlice, EndpointSlice>()
  for (const [place, slice] of slices.entries()) {
    const old = before[place]
    if (slice === old) continue
    if (!old || !belongToSame(slice, old) || replaced.has(old)) return undefined
    if (replaced.set(old, slice).size > MOST_REPLACED) return undefined
  }
  return replaced
}

function belongToSame(a: EndpointSlice, b: EndpointSlice): boolean {
  return a.serviceName === b.serviceName && a.ref.namespace === b.ref.namespace
}

function replaceSlices(groups: SlicesByService, replaced: ReadonlyMap<EndpointSlice, EndpointSlice>): void {
  const lists = new Set(
    [...replaced.keys()].map(({ref, serviceName}) => groups.get(ref.namespace)?.get(serviceName)),
  )
  for (const list of lists) {
    const [first] = list ?? NONE
    const slices = list?.map((slice) => replaced.get(slice) ?? slice) ?? NONE
    if (first) groups.get(first.ref.namespace)?.set(first.serviceName, slices)
  }
}

function groupByService(slices: readonly EndpointSlice[]): SlicesByService {
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
