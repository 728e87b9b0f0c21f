/** What was read of a cluster at one moment, and how much of the cluster that is. */
import type {EndpointSlice, Node, Service} from './objects.js'

/**
 * What a snapshot can be relied on to contain. Where a part is not covered, absence means "not known yet", which is no
 * error: manifests in a repository have none of what the API server and controllers add.
 */
export type Coverage = {
  /** Every Node is in the snapshot; `forbidden` where lbex may not read them, so that they will not be known later either. */
  readonly nodes: boolean | 'forbidden'
  /** Every EndpointSlice is in the snapshot: a Service without one has no endpoints. */
  readonly endpointSlices: boolean
  /** Services carry what the API server allocates: nodePort, clusterIP, creationTimestamp. */
  readonly allocations: boolean
}

export const COMPLETE: Coverage = {nodes: true, endpointSlices: true, allocations: true}

export type ClusterSnapshot = {
  readonly services: readonly Service[]
  readonly endpointSlices: readonly EndpointSlice[]
  /** v1 Endpoints, in the shape of slices: used only for a Service that has no EndpointSlice. */
  readonly endpoints: readonly EndpointSlice[]
  readonly nodes: readonly Node[]
  readonly coverage: Coverage
}
