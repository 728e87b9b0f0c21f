/** What manifests of a repository cover. */
import type {Coverage} from '../../../src/core/cluster/snapshot.js'

export const NOTHING_KNOWN: Coverage = {nodes: false, endpointSlices: false, allocations: false}
