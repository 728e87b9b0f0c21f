/** Translates a snapshot and the state of this host to a load balancer and diagnostics. */
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import type {ClusterSnapshot} from '../cluster/snapshot.js'
import type {IntentOptions} from '../intent/options.js'
import type {Assignment} from '../addresses/assignment.js'
import type {ServiceIntent} from '../intent/service-intent.js'
import type {ListenerAllocation} from '../model/allocate-listeners.js'
import {reportChosenAddresses} from '../model/chosen-addresses.js'
import {withoutFailingServers} from '../model/failing-servers.js'
import type {HostState} from '../model/host-state.js'
import type {LoadBalancer} from '../model/load-balancer.js'
import {createNodeViewer, type ViewNodes} from '../model/nodes.js'
import type {ModelOptions} from '../model/options.js'
import {reportSlowChecks} from '../model/slow-checks.js'
import type {ListenerRequest, ServicePlan} from '../model/plan-service.js'
import {createSecretViews} from '../model/secret-views.js'
import {reportHeld} from '../model/serve.js'
import {finish, type Steps} from '../model/steps.js'
import {reportUnlabelled} from '../model/report-unlabelled-slices.js'
import {createAllocator} from './allocate-services.js'
import {createPlanner, type PlanServices} from './plan-services.js'
import {
  createLoopRemover,
  type AvailableRequests,
  type RemoveLoops,
  type WithoutLoops,
} from './remove-loops.js'
import {mapOnceInSteps, type MapOnceInSteps} from './remember.js'
import {createServiceMemo, type AllocatedService, type ServiceMemo} from './serve-services.js'

/** Options of the operator and capabilities of the data plane. They are fixed for the lifetime of a translator. */
export type TranslatorOptions = IntentOptions & ModelOptions

export type Translation = {
  /** The previous object if nothing that is served changed, so that no file is written again. */
  readonly loadBalancer: LoadBalancer
  /** Every Service that selects this lbex and that the API server accepted, served or not, in the order of the snapshot. */
  readonly services: readonly TranslatedService[]
  /** Unsorted, and without positions in files. */
  readonly diagnostics: readonly Diagnostic[]
}

/** The listener requests of one Service, and their results. */
export type TranslatedService = {
  readonly intent: ServiceIntent
  /** Its addresses of a pool; absent if it has none of a pool. */
  readonly assignment?: Assignment
  /** All requests; those that are not in `allocated` lost a conflict. */
  readonly requested: readonly ListenerRequest[]
  /** Requests for listeners that no other Service has. */
  readonly allocated: readonly ListenerRequest[]
  /** The allocated requests whose listeners are available on this host. They are served if they have an upstream. */
  readonly available: readonly ListenerRequest[]
}

export type Translator = {
  /** Never throws, whatever the objects contain. The order of the objects in the snapshot does not matter. */
  readonly translate: (snapshot: ClusterSnapshot, host: HostState) => Translation
  /** Like `translate`, but a few Services at a time. May be abandoned after any step. */
  readonly translateInSteps: (snapshot: ClusterSnapshot, host: HostState) => Steps<Translation>
}

/**
 * A translator caches results by the identity of their inputs, so that the cost of a reconcile depends on what changed. Caches
 * do not affect results: a new translator returns the same. Translators with equal NodeOptions may share `viewNodes`.
 */
export function createTranslator(
  options: TranslatorOptions,
  viewNodes: ViewNodes = createNodeViewer(options),
): Translator {
  const stages: Stages = {
    viewNodes,
    viewSecrets: createSecretViews(),
    planServices: createPlanner(options),
    allocateListeners: createAllocator(options.capabilities),
    allocations: mapOnceInSteps(),
    removeLoops: createLoopRemover(options),
    results: mapOnceInSteps(),
    serving: createServiceMemo(),
  }
  const translateInSteps: Translator['translateInSteps'] = (snapshot, host) =>
    runStages(stages, snapshot, host)
  return {translateInSteps, translate: (snapshot, host) => finish(translateInSteps(snapshot, host))}
}

/** The stages that have caches. */
type Stages = {
  readonly viewNodes: ViewNodes
  readonly viewSecrets: ReturnType<typeof createSecretViews>
  readonly planServices: PlanServices
  readonly allocateListeners: (plans: readonly ServicePlan[]) => ListenerAllocation
  readonly allocations: MapOnceInSteps<ServicePlan, Allocation>
  readonly removeLoops: RemoveLoops
  readonly results: MapOnceInSteps<Allocation, Result>
  readonly serving: ServiceMemo
}

function* runStages(
  {viewNodes, viewSecrets, planServices, allocateListeners, ...stages}: Stages,
  snapshot: ClusterSnapshot,
  host: HostState,
): Steps<Translation> {
  const nodes = viewNodes(snapshot.nodes)
  const planned = yield* planServices(snapshot, nodes, host, viewSecrets(snapshot, host))
  const plans = planned.map(({plan}) => plan).filter((plan) => plan !== undefined)
  const intents = plans.map(({intent}) => intent)
  const allocation = allocateListeners(plans)
  const results = yield* serveAll(plans, allocation, host, stages)
  return {
    loadBalancer: stages.serving.combine(results, allocation.shared),
    services: results.map(({translated}) => translated),
    diagnostics: [
      ...diagnosticsOf(planned),
      ...reportChosenAddresses(intents, nodes),
      ...reportUnlabelled(
        intents.map(({service}) => service),
        snapshot.endpointSlices,
      ),
      ...allocation.diagnostics,
      ...diagnosticsOf(results),
    ],
  }
}

function* serveAll(
  plans: readonly ServicePlan[],
  {rejected, shared}: ListenerAllocation,
  host: HostState,
  {
    allocations,
    removeLoops,
    results,
    serving,
  }: Pick<Stages, 'allocations' | 'removeLoops' | 'results' | 'serving'>,
): Steps<Result[]> {
  const unavailable = host.unavailable.size === 0 ? ALL_AVAILABLE : host.unavailable
  const all = yield* allocations([rejected, unavailable], plans, (plan) => allocate(plan, rejected, host))
  const withoutLoops = removeLoops(all, host.addresses)
  const failedChecks = host.failedChecks.size === 0 ? NONE_FAILED : host.failedChecks
  const slowChecks = host.slowChecks?.size ? host.slowChecks : NONE_SLOW
  return yield* results([shared, withoutLoops, failedChecks, slowChecks], all, (each) =>
    serveAllocation(each, {failedChecks, slowChecks, shared, withoutLoops, serving}),
  )
}

const NONE_FAILED: HostState['failedChecks'] = new Map()
const NONE_SLOW: HostState['slowChecks'] = new Map()
const ALL_AVAILABLE: HostState['unavailable'] = new Map()

function diagnosticsOf(parts: readonly {readonly diagnostics: readonly Diagnostic[]}[]): Diagnostic[] {
  return parts.filter((part) => part.diagnostics.length > 0).flatMap((part) => part.diagnostics)
}

/** The requests of one Service that got their listener, and those of them whose listener is available on the host. */
type Allocation = AvailableRequests & {
  readonly allocated: readonly ListenerRequest[]
  /** `port-held` for each request whose listener is unavailable. */
  readonly diagnostics: readonly Diagnostic[]
}

function allocate(
  plan: ServicePlan,
  rejected: ReadonlySet<ListenerRequest>,
  {unavailable}: HostState,
): Allocation {
  const allocated =
    rejected.size === 0 ? plan.requests : plan.requests.filter((request) => !rejected.has(request))
  const available = unavailable.size === 0 ? allocated : allocated.filter(({id}) => !unavailable.has(id))
  return {plan, allocated, available, diagnostics: reportHeld(plan, allocated, unavailable)}
}

/** The same inputs for all allocations. `shared` has the listenerIds of the shared listeners. */
type ServingContext = Pick<HostState, 'failedChecks' | 'slowChecks'> & {
  readonly shared: ReadonlySet<string>
  readonly withoutLoops: (one: AvailableRequests) => WithoutLoops
  readonly serving: ServiceMemo
}

type Result = AllocatedService & {
  readonly translated: TranslatedService
  readonly diagnostics: readonly Diagnostic[]
}

function serveAllocation(
  allocation: Allocation,
  {failedChecks, slowChecks, shared, withoutLoops, serving}: ServingContext,
): Result {
  const {plan, allocated} = allocation
  const loopFree = withoutLoops(allocation)
  const checked = withoutFailing(plan, loopFree.requests, failedChecks)
  const {requests} = checked
  const exclusive = shared.size === 0 ? requests : requests.filter(({id}) => !shared.has(id))
  return {
    ...{plan, requests, served: serving.serve(plan, exclusive)},
    translated: {
      intent: plan.intent,
      ...(plan.assignment && {assignment: plan.assignment}),
      ...{requested: plan.requests, allocated, available: requests},
    },
    diagnostics: [
      ...[loopFree, checked, allocation].flatMap(({diagnostics}) => diagnostics),
      ...reportSlowChecks(plan, requests, slowChecks),
    ],
  }
}

function withoutFailing(
  plan: ServicePlan,
  requests: readonly ListenerRequest[],
  failedChecks: HostState['failedChecks'],
): ReturnType<typeof withoutFailingServers> {
  const isChecked = failedChecks.size > 0 && requests.some(({upstream}) => upstream?.settings.healthCheck)
  return isChecked ? withoutFailingServers(plan, requests, failedChecks) : {requests, diagnostics: []}
}
