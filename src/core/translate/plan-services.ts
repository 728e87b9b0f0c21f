/** Plans each Service separately, and caches the plan while all its inputs are the same objects. */
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import type {EndpointSlice, Service} from '../cluster/objects.js'
import {createEndpointIndexer} from '../cluster/snapshot-index.js'
import type {ClusterSnapshot} from '../cluster/snapshot.js'
import {createAddressAllocator} from '../addresses/allocator.js'
import type {Assignment} from '../addresses/assignment.js'
import {readIntent, type IntentReading} from '../intent/intent.js'
import type {IntentOptions} from '../intent/options.js'
import type {HostState} from '../model/host-state.js'
import type {NodeViews} from '../model/nodes.js'
import type {ModelOptions} from '../model/options.js'
import type {SecretView, SecretViewer} from '../model/secret-views.js'
import {planService, type ServicePlan, type ServiceContext} from '../model/plan-service.js'
import {mapEachInSteps, type Steps} from '../model/steps.js'
import {haveSameItems, mapOnceInSteps} from './remember.js'

/** The result for one Service before listeners are allocated. A Service without a plan is not served. */
export type PlannedService = {readonly plan?: ServicePlan; readonly diagnostics: readonly Diagnostic[]}

/** Returns one result for each Service of the snapshot, in the same order. */
export type PlanServices = (
  snapshot: ClusterSnapshot,
  nodes: NodeViews,
  host: Pick<HostState, 'addresses' | 'allocation'>,
  secretsOf: SecretViewer,
) => Steps<PlannedService[]>

type CachedPlan = {
  /** The inputs that affect every Service, except the options. */
  readonly common: readonly unknown[]
  readonly slices: readonly EndpointSlice[]
  readonly secrets: readonly SecretView[]
  readonly assignment: Assignment | undefined
  readonly planned: PlannedService
}

type ReadService = IntentReading & {readonly service: Service}

export function createPlanner(options: IntentOptions & ModelOptions): PlanServices {
  const cache = new WeakMap<Service, CachedPlan>()
  const indexEndpoints = createEndpointIndexer()
  const readIntents = mapOnceInSteps<Service, ReadService>()
  const assignAddresses = createAddressAllocator(options)
  let latest: readonly unknown[] = []
  return function* (snapshot, nodes, host, secretsOf) {
    const {coverage} = snapshot
    const {addresses: hostAddresses} = host
    const readings = yield* readIntents([], snapshot.services, (service) => readService(service, options))
    const intents = readings.map(({service, intent}) => (service.refused ? undefined : intent))
    const assignments = assignAddresses(intents, snapshot.statusAddresses, host.allocation, snapshot)
    const endpointsOf = indexEndpoints(snapshot)
    const current = [nodes, hostAddresses, coverage.nodes, coverage.endpointSlices, coverage.allocations]
    // Reuse the array if nothing changed, so that its items are not compared for each of thousands of Services.
    const common = haveSameItems(current, latest) ? latest : (latest = current)
    const recall = ({service}: ReadService, index: number): PlannedService | undefined => {
      const last = cache.get(service)
      const isCurrent =
        last?.common === common &&
        last.assignment === assignments[index] &&
        haveSameItems(last.slices, endpointsOf(service)) &&
        haveSameItems(last.secrets, secretsOf(service))
      return isCurrent ? last.planned : undefined
    }
    return yield* mapEachInSteps(readings, recall, function* (reading, index) {
      const {service} = reading
      const slices = endpointsOf(service)
      const secrets = secretsOf(service)
      const assignment = assignments[index]
      const context = {slices, nodes, coverage, hostAddresses, secrets, ...(assignment && {assignment})}
      const planned = yield* planOne(reading, context, options)
      cache.set(service, {common, slices, secrets, assignment, planned})
      return planned
    })
  }
}

function readService(service: Service, options: IntentOptions): ReadService {
  return {service, ...readIntent(service, options)}
}

/** A Service that the API server would reject is planned to report all its errors at once, but it is not served. */
function* planOne(
  {service, intent, diagnostics}: ReadService,
  context: ServiceContext,
  options: ModelOptions,
): Steps<PlannedService> {
  if (!intent) return {diagnostics}
  const plan = yield* planService(intent, context, options)
  const all = [...diagnostics, ...plan.diagnostics]
  return service.refused ? {diagnostics: all} : {plan, diagnostics: all}
}
