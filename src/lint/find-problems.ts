/** Every finding about a set of manifests: those of `run` and `render`, and those that only show when one looks across pools. */
import type {Diagnostic, ObjectRef} from '../diagnostics/diagnostic.js'
import {UNKNOWN_HOST_STATE} from '../core/model/host-state.js'
import {createNodeViewer, type ViewNodes} from '../core/model/nodes.js'
import {createTranslator, type TranslatorOptions} from '../core/translate/translator.js'
import type {Service} from '../core/cluster/objects.js'
import type {ClusterSnapshot} from '../core/cluster/snapshot.js'
import {findNodePortConflicts} from './node-port-conflicts.js'
import {findPoolOverlaps} from './pool-overlap.js'

/** The Services that are judged together: those of the manifests, and of a cluster those that the manifests do not replace. */
export type Judged = {readonly services: readonly Service[]; readonly strangers: ReadonlySet<ObjectRef>}

/**
 * Unsorted and without positions. `context` are Services of a cluster that the manifests are to be applied to: they take part in
 * conflicts, and nothing else is said about them. `viewNodes` is for a caller that has viewed the Nodes already.
 */
export function findProblems(
  snapshot: ClusterSnapshot,
  options: TranslatorOptions,
  context: readonly Service[] = [],
  viewNodes: ViewNodes = createNodeViewer(options),
): Diagnostic[] {
  const {services, strangers} = judgedTogether(snapshot.services, context)
  const {translate} = createTranslator(options, viewNodes)
  const {diagnostics} = translate({...snapshot, services}, UNKNOWN_HOST_STATE)
  const found = [...diagnostics, ...findPoolOverlaps(services, options), ...findNodePortConflicts(services)]
  return withoutStrangers(found, strangers)
}

export function judgedTogether(manifests: readonly Service[], context: readonly Service[]): Judged {
  const others = othersIn(context, manifests)
  const applied = new Map(context.map((service) => [nameOf(service), service]))
  const ours = manifests.map((service) => asApplied(service, applied.get(nameOf(service))))
  return {services: [...ours, ...others], strangers: new Set(others.map(({ref}) => ref))}
}

/** Of the cluster's own troubles only those are left that one of our Services has a part in. */
export function withoutStrangers(
  diagnostics: readonly Diagnostic[],
  strangers: ReadonlySet<ObjectRef>,
): Diagnostic[] {
  return diagnostics.filter(
    ({object, related = []}) =>
      !strangers.has(object) || related.some((other) => !strangers.has(other.object)),
  )
}

/** The Services of the cluster that the manifests do not replace. */
function othersIn(context: readonly Service[], services: readonly Service[]): Service[] {
  const names = new Set(services.map(nameOf))
  return context.filter((other) => !names.has(nameOf(other)))
}

/** What is applied again keeps its age, by which conflicts are settled, and the addresses it was given. */
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
