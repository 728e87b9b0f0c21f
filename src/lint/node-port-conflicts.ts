/** Services that ask for one node port: the API server refuses all but the first. */
import {describeObject, diagnose, type Diagnostic} from '../diagnostics/diagnostic.js'
import {requestsLbex} from '../core/intent/select.js'
import type {Service} from '../core/cluster/objects.js'

type Wish = {readonly service: Service; readonly index: number; readonly nodePort: string}

/** Told to the younger, or the later by namespace/name, if one of the two asks for lbex. */
export function findNodePortConflicts(services: readonly Service[]): Diagnostic[] {
  const first = new Map<string, Wish>()
  const sorted = services.flatMap(wishesOf).sort((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1))
  return sorted.flatMap((wish) => {
    const earlier = first.get(wish.nodePort)
    if (!earlier) first.set(wish.nodePort, wish)
    // What is wrong within one Service is found when it is read.
    if (!earlier || nameOf(earlier) === nameOf(wish)) return []
    return requestsLbex(earlier.service) || requestsLbex(wish.service) ? [conflict(wish, earlier)] : []
  })
}

function wishesOf(service: Service): Wish[] {
  if (service.type !== 'NodePort' && service.type !== 'LoadBalancer') return []
  return service.ports.flatMap(({protocol, nodePort}, index) =>
    nodePort === undefined ? [] : [{service, index, nodePort: `${nodePort}/${protocol}`}],
  )
}

/** What the API server has not seen yet is younger than all. */
function rankOf(wish: Wish): string {
  return `${wish.service.creationTimestamp ?? '~'}\0${nameOf(wish)}`
}

function nameOf({service: {ref}}: Wish): string {
  return `${ref.namespace}\0${ref.name}`
}

function conflict({service, index, nodePort}: Wish, other: Wish): Diagnostic {
  const {ref, origin} = other.service
  const related = {
    message: 'asked for here first',
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
