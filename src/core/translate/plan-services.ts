/** Plans each Service on its own, and remembers the plan for as long as everything that it depends on stays the same object. */
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import type {EndpointSlice, Service} from '../cluster/objects.js'
import {indexEndpoints} from '../cluster/snapshot-index.js'
import type {ClusterSnapshot} from '../cluster/snapshot.js'
import {readIntent} from '../intent/intent.js'
import type {IntentOptions} from '../intent/options.js'
import type {HostState} from '../model/host-state.js'
import type {NodeViews} from '../model/nodes.js'
import type {ModelOptions} from '../model/options.js'
import {planService, type ServicePlan, type Surroundings} from '../model/plan-service.js'
import {mapEachInSteps, type Steps} from '../model/steps.js'
import {haveSameItems} from './same-items.js'

/** What follows from one Service before its listeners are allocated. Without a plan it is not served. */
export type PlannedService = {readonly plan?: ServicePlan; readonly diagnostics: readonly Diagnostic[]}

/** One result for each Service of the snapshot, in their order. */
export type PlanServices = (
  snapshot: ClusterSnapshot,
  nodes: NodeViews,
  hostAddresses: HostState['addresses'],
) => Steps<PlannedService[]>

type Remembered = {
  /** Everything that matters to every Service, apart from the options. */
  readonly common: readonly unknown[]
  readonly slices: readonly EndpointSlice[]
  readonly planned: PlannedService
}

export function createPlanner(options: IntentOptions & ModelOptions): PlanServices {
  const remembered = new WeakMap<Service, Remembered>()
  let latest: readonly unknown[] = []
  return (snapshot, nodes, hostAddresses) => {
    const {coverage} = snapshot
    const endpointsOf = indexEndpoints(snapshot)
    const current = [nodes, hostAddresses, coverage.nodes, coverage.endpointSlices, coverage.allocations]
    // The same array as before if nothing changed, so that thousands of Services need not compare its items.
    const common = haveSameItems(current, latest) ? latest : (latest = current)
    return mapEachInSteps(snapshot.services, function* (service) {
      const slices = endpointsOf(service)
      const last = remembered.get(service)
      if (last?.common === common && haveSameItems(last.slices, slices)) return last.planned
      const planned = yield* planOne(service, {slices, nodes, coverage, hostAddresses}, options)
      remembered.set(service, {common, slices, planned})
      return planned
    })
  }
}

/** A Service that the API server would refuse is planned, so that all its errors are reported at once, but not served. */
function* planOne(
  service: Service,
  around: Surroundings,
  options: IntentOptions & ModelOptions,
): Steps<PlannedService> {
  const {intent, diagnostics} = readIntent(service, options)
  if (!intent) return {diagnostics}
  const plan = yield* planService(intent, around, options)
  const all = [...diagnostics, ...plan.diagnostics]
  return service.refused ? {diagnostics: all} : {plan, diagnostics: all}
}
