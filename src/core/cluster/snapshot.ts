/** The objects of a cluster at one moment, and which kinds of objects are complete. */
import type {StatusAddresses} from './written-state.js'
import type {EndpointSlice, Node, Secret, Service} from './objects.js'

/**
 * Which parts of the cluster a snapshot contains completely. If a part is not covered, a missing object is unknown, which is not
 * an error: manifests in a repository do not contain what the API server and controllers add.
 */
export type Coverage = {
  /** True if every Node is in the snapshot; `forbidden` if lbex has no permission to read Nodes. */
  readonly nodes: boolean | 'forbidden'
  /** True if every EndpointSlice is in the snapshot: a Service without one has no endpoints. */
  readonly endpointSlices: boolean
  /** True if Services have the fields that the API server sets: nodePort, clusterIP, creationTimestamp. */
  readonly allocations: boolean
  /** True if there may be Secrets that are not in the snapshot. Absent: it has all that its Services name. */
  readonly unknownSecrets?: true
}

export const COMPLETE: Coverage = {nodes: true, endpointSlices: true, allocations: true}

export type ClusterSnapshot = {
  readonly services: readonly Service[]
  readonly endpointSlices: readonly EndpointSlice[]
  /** v1 Endpoints, converted to slices: used only for a Service that has no EndpointSlice. */
  readonly endpoints: readonly EndpointSlice[]
  readonly nodes: readonly Node[]
  /** At least those that Services name; absent if the snapshot has no Secrets. */
  readonly secrets?: readonly Secret[]
  /**
   * The addresses that Services have. Absent if the source was not asked for them. The same object as in the last snapshot while
   * they stay the same.
   */
  readonly statusAddresses?: StatusAddresses
  /** The addresses that other controllers than lbex wrote, likewise; absent if there are none. */
  readonly otherAddresses?: StatusAddresses
  readonly coverage: Coverage
}
