/** All diagnostics about a set of manifests: those of `run` and `render`, and those that only a view across pools shows. */
import type {Diagnostic, ObjectRef} from '../diagnostics/diagnostic.js'
import {UNKNOWN_HOST_STATE, type HostState} from '../core/model/host-state.js'
import {createNodeViewer, type ViewNodes} from '../core/model/nodes.js'
import {createTranslator, type TranslatorOptions} from '../core/translate/translator.js'
import type {Service} from '../core/cluster/objects.js'
import type {ClusterSnapshot} from '../core/cluster/snapshot.js'
import {findNodePortConflicts} from './node-port-conflicts.js'
import {findPoolOverlaps} from './pool-overlap.js'

/**
 * The Services of the manifests, and those of the target cluster that the manifests do not replace; `contextOnly` has the latter.
 */
export type CheckedServices = {
  readonly services: readonly Service[]
  readonly contextOnly: ReadonlySet<ObjectRef>
}

/**
 * Unsorted and without locations. `context` are the Services of the target cluster: conflicts with them are reported, but nothing
 * else about them. `host` has the date. `viewNodes` is for a caller that has viewed the Nodes already.
 */
export function findProblems(
  snapshot: ClusterSnapshot,
  options: TranslatorOptions,
  context: readonly Service[] = [],
  host: HostState = UNKNOWN_HOST_STATE,
  viewNodes: ViewNodes = createNodeViewer(options),
): Diagnostic[] {
  const {services, contextOnly} = checkedTogether(snapshot.services, context)
  const {translate} = createTranslator(options, viewNodes)
  const {diagnostics} = translate({...snapshot, services}, host)
  const found = [
    ...diagnostics,
    ...findPoolOverlaps(services, options),
    ...findNodePortConflicts(services, options),
  ]
  return withoutContextOnly(found, contextOnly)
}

export function checkedTogether(manifests: readonly Service[], context: readonly Service[]): CheckedServices {
  const others = othersIn(context, manifests)
  const applied = new Map(context.map((service) => [nameOf(service), service]))
  const ours = manifests.map((service) => asApplied(service, applied.get(nameOf(service))))
  return {services: [...ours, ...others], contextOnly: new Set(others.map(({ref}) => ref))}
}

/** Removes diagnostics about Services of the cluster, unless a Service of the manifests is involved. */
export function withoutContextOnly(
  diagnostics: readonly Diagnostic[],
  contextOnly: ReadonlySet<ObjectRef>,
): Diagnostic[] {
  return diagnostics.filter(
    ({object, related = []}) =>
      !contextOnly.has(object) || related.some((other) => !contextOnly.has(other.object)),
  )
}

/** The Services of the cluster that the manifests do not replace. */
function othersIn(context: readonly Service[], services: readonly Service[]): Service[] {
  const names = new Set(services.map(nameOf))
  return context.filter((other) => !names.has(nameOf(other)))
}

/** A Service that is applied again keeps its creation time, which decides conflicts, and its cluster IPs. */
function asApplied(service: Service, applied: Service | undefined): Service {
  if (!applied) return service
  const creationTimestamp = service.creationTimestamp ?? applied.creationTimestamp
  return {
    ...service,
    ...(creationTimestamp !== undefined && {creationTimestamp}),
    clusterIPs: service.clusterIPs.length > 0 ? service.clusterIPs : applied.clusterIPs,
    ipFamilies: service.ipFamilies.length > 0 ? service.ipFamilies : applied.ipFamilies,
  }
}

function nameOf({ref}: Service): string {
  return `${ref.namespace}/${ref.name}`
}
