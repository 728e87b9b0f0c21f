/** What lbex and HAProxy both do, on the same machine with the same backends, in one run. */
import {compareChanges} from './changes.js'
import {compareConnections} from './connections.js'
import {compareFailures} from './failures.js'
import {compareReloads} from './reloads.js'
import {compareTransfer} from './transfer.js'

/** By the name of the part of the benchmark. */
export const COMPARED = {
  'compare-connections': compareConnections,
  'compare-transfer': compareTransfer,
  'compare-changes': compareChanges,
  'compare-reloads': compareReloads,
  'compare-failures': compareFailures,
}
