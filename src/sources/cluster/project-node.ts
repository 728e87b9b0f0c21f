/** Projects a v1 Node of the API to the fields that lbex uses. Heartbeats do not change these. */
import {nodeLabelsInUse} from '../../core/cluster/in-use.js'
import type {Node} from '../../core/cluster/objects.js'
import type {ApiNode} from './api-types.js'
import {present} from './project.js'

export function projectNode({metadata, spec, status}: ApiNode): Node {
  return present({
    ref: {kind: 'Node', name: metadata.name},
    deletionTimestamp: metadata.deletionTimestamp,
    labels: nodeLabelsInUse(metadata.labels ?? {}),
    addresses: (status?.addresses ?? []).map(({type, address}) => ({type, address})),
    taints: (spec?.taints ?? []).map(({key}) => key),
    ready: readyOf(status?.conditions),
  })
}

type Conditions = NonNullable<ApiNode['status']>['conditions']

function readyOf(conditions: Conditions = []): Node['ready'] {
  const status = conditions.find(({type}) => type === 'Ready')?.status
  return status === 'True' || status === 'False' || status === 'Unknown' ? status : undefined
}
