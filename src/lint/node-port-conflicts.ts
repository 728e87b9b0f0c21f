/** Services that ask for the same node port: the API server rejects all but the first. */
import {describeObject, diagnose, type Diagnostic} from '../diagnostics/diagnostic.js'
import {selectsLbex, type ClassSelection} from '../core/intent/service-class.js'
import type {Service} from '../core/cluster/objects.js'

type NodePortRequest = {readonly service: Service; readonly index: number; readonly nodePort: string}

/** Reported for the newer Service (or the later by namespace/name) if one of the two is for lbex. */
export function findNodePortConflicts(services: readonly Service[], selection: ClassSelection): Diagnostic[] {
  const first = new Map<string, NodePortRequest>()
  const sorted = services.flatMap(nodePortRequests).sort((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1))
  return sorted.flatMap((request) => {
    const earlier = first.get(request.nodePort)
    if (!earlier) first.set(request.nodePort, request)
    // The parser of Services reports a conflict within one Service.
    if (!earlier || nameOf(earlier) === nameOf(request)) return []
    const isOurs = [earlier, request].some(({service}) => selectsLbex(service, selection))
    return isOurs ? [conflict(request, earlier)] : []
  })
}

function nodePortRequests(service: Service): NodePortRequest[] {
  if (service.type !== 'NodePort' && service.type !== 'LoadBalancer') return []
  return service.ports.flatMap(({protocol, nodePort}, index) =>
    nodePort === undefined ? [] : [{service, index, nodePort: `${nodePort}/${protocol}`}],
  )
}

/** A Service without a creation time is not in the cluster yet, so it is newer than all others. */
function rankOf(request: NodePortRequest): string {
  return `${request.service.creationTimestamp ?? '~'}\0${nameOf(request)}`
}

function nameOf({service: {ref}}: NodePortRequest): string {
  return `${ref.namespace}\0${ref.name}`
}

function conflict({service, index, nodePort}: NodePortRequest, other: NodePortRequest): Diagnostic {
  const {ref, origin} = other.service
  const related = {
    message: 'requested here first',
    object: ref,
    field: fieldOf(other.index),
    ...(origin && {origin}),
  }
  return diagnose('node-port-conflict', {
    subject: service,
    field: fieldOf(index),
    args: {nodePort, other: describeObject(ref)},
    related: [related],
  })
}

function fieldOf(index: number): (string | number)[] {
  return ['spec', 'ports', index, 'nodePort']
}
