/** Plans each Service separately, and caches the plan while all its inputs are the same objects. */
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import type {EndpointSlice, Service} from '../cluster/objects.js'
import {createEndpointIndexer} from '../cluster/snapshot-index.js'
import type {ClusterSnapshot} from '../cluster/snapshot.js'
import {readIntent} from '../intent/intent.js'
import type {IntentOptions} from '../intent/options.js'
import type {HostState} from '../model/host-state.js'
import type {NodeViews} from '../model/nodes.js'
import type {ModelOptions} from '../model/options.js'
import type {SecretView, SecretViewer} from '../model/secret-views.js'
import {planService, type ServicePlan, type ServiceContext} from '../model/plan-service.js'
import {mapEachInSteps, type Steps} from '../model/steps.js'
import {haveSameItems} from './remember.js'

/** The result for one Service before listeners are allocated. A Service without a plan is not served. */
export type PlannedService = {readonly plan?: ServicePlan; readonly diagnostics: readonly Diagnostic[]}

/** Returns one result for each Service of the snapshot, in the same order. */
export type PlanServices = (
  snapshot: ClusterSnapshot,
  nodes: NodeViews,
  hostAddresses: HostState['addresses'],
  secretsOf: SecretViewer,
) => Steps<PlannedService[]>

type CachedPlan = {
  /** The inputs that affect every Service, except the options. */
  readonly common: readonly unknown[]
  readonly slices: readonly EndpointSlice[]
  readonly secrets: readonly SecretView[]
  readonly planned: PlannedService
}

export function createPlanner(options: IntentOptions & ModelOptions): PlanServices {
  const cache = new WeakMap<Service, CachedPlan>()
  const indexEndpoints = createEndpointIndexer()
  let latest: readonly unknown[] = []
  return (snapshot, nodes, hostAddresses, secretsOf) => {
    const {coverage} = snapshot
    const endpointsOf = indexEndpoints(snapshot)
    const current = [nodes, hostAddresses, coverage.nodes, coverage.endpointSlices, coverage.allocations]
    // Reuse the array if nothing changed, so that its items are not compared for each of thousands of Services.
    const common = haveSameItems(current, latest) ? latest : (latest = current)
    const recall = (service: Service): PlannedService | undefined => {
      const last = cache.get(service)
      const isCurrent =
        last?.common === common &&
        haveSameItems(last.slices, endpointsOf(service)) &&
        haveSameItems(last.secrets, secretsOf(service))
      return isCurrent ? last.planned : undefined
    }
    return mapEachInSteps(snapshot.services, recall, function* (service) {
      const slices = endpointsOf(service)
      const secrets = secretsOf(service)
      const planned = yield* planOne(service, {slices, nodes, coverage, hostAddresses, secrets}, options)
      cache.set(service, {common, slices, secrets, planned})
      return planned
    })
  }
}

/** A Service that the API server would reject is planned to report all its errors at once, but it is not served. */
function* planOne(
  service: Service,
  context: ServiceContext,
  options: IntentOptions & ModelOptions,
): Steps<PlannedService> {
  const {intent, diagnostics} = readIntent(service, options)
  if (!intent) return {diagnostics}
  const plan = yield* planService(intent, context, options)
  const all = [...diagnostics, ...plan.diagnostics]
  return service.refused ? {diagnostics: all} : {plan, diagnostics: all}
}
