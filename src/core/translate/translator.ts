/** From a snapshot and the state of this host to the load balancer that they ask for, with every diagnostic on the way. */
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import type {ClusterSnapshot} from '../cluster/snapshot.js'
import type {IntentOptions} from '../intent/options.js'
import {allocateListeners} from '../model/allocate-listeners.js'
import {reportChosenAddresses} from '../model/chosen-addresses.js'
import type {HostState} from '../model/host-state.js'
import type {LoadBalancer} from '../model/load-balancer.js'
import {createNodeViewer, type ViewNodes} from '../model/nodes.js'
import type {ModelOptions} from '../model/options.js'
import {ownListeners, withoutOwn, type IsOwn} from '../model/own-listeners.js'
import type {ListenerRequest, ServicePlan} from '../model/plan-service.js'
import {reportHeld} from '../model/serve.js'
import {finish, mapInSteps, type Steps} from '../model/steps.js'
import {reportUnlabelled} from '../model/report-unlabelled-slices.js'
import {createPlanner, type PlanServices} from './plan-services.js'
import {createServiceMemo, type AllocatedService, type ServiceMemo} from './serve-services.js'

/** What the operator decides, and what the data plane can do. Fixed for the life of a translator. */
export type TranslatorOptions = IntentOptions & ModelOptions

export type Translation = {
  /** The same object as long as the same is served, so that nothing need be written again. */
  readonly loadBalancer: LoadBalancer
  /** Unsorted; without positions. */
  readonly diagnostics: readonly Diagnostic[]
}

export type Translator = {
  /** Never throws, whatever the objects contain. The order of the objects in the snapshot changes nothing. */
  readonly translate: (snapshot: ClusterSnapshot, host: HostState) => Translation
  /** As `translate`, a few Services at a time. May be abandoned after any step. */
  readonly translateInSteps: (snapshot: ClusterSnapshot, host: HostState) => Steps<Translation>
}

/**
 * Owns everything that is remembered from one translation to the next, by the identity of the objects it was made of, so that
 * a change costs what it touches. What is remembered changes no result: a new translator gives the same. A caller that
 * translates once creates a translator and calls it once. `viewNodes` may be shared by translators whose NodeOptions are equal.
 */
export function createTranslator(
  options: TranslatorOptions,
  viewNodes: ViewNodes = createNodeViewer(options),
): Translator {
  const stages: Stages = {
    options,
    viewNodes,
    planServices: createPlanner(options),
    serving: createServiceMemo(),
  }
  const translateInSteps: Translator['translateInSteps'] = (snapshot, host) =>
    runStages(stages, snapshot, host)
  return {translateInSteps, translate: (snapshot, host) => finish(translateInSteps(snapshot, host))}
}

/** Those that remember, and the options of all. */
type Stages = {
  readonly options: TranslatorOptions
  readonly viewNodes: ViewNodes
  readonly planServices: PlanServices
  readonly serving: ServiceMemo
}

function* runStages(
  {options, viewNodes, planServices, serving}: Stages,
  snapshot: ClusterSnapshot,
  host: HostState,
): Steps<Translation> {
  const nodes = viewNodes(snapshot.nodes)
  const planned = yield* planServices(snapshot, nodes, host.addresses)
  const plans = planned.map(({plan}) => plan).filter((plan) => plan !== undefined)
  const intents = plans.map(({intent}) => intent)
  const {lost, shared, diagnostics} = allocateListeners(plans)
  const allocations = yield* mapInSteps(plans, (plan) => allocate(plan, lost, host))
  const isOwn = findOwn(allocations, host, options)
  const results = yield* mapInSteps(allocations, (each) =>
    serveAllocation(each, {host, shared, isOwn, serving}),
  )
  return {
    loadBalancer: serving.combine(results, shared),
    diagnostics: [
      ...diagnosticsOf(planned),
      ...reportChosenAddresses(intents, nodes),
      ...reportUnlabelled(
        intents.map(({service}) => service),
        snapshot.endpointSlices,
      ),
      ...diagnostics,
      ...diagnosticsOf(results),
    ],
  }
}

function diagnosticsOf(parts: readonly {readonly diagnostics: readonly Diagnostic[]}[]): Diagnostic[] {
  return parts.filter((part) => part.diagnostics.length > 0).flatMap((part) => part.diagnostics)
}

/** The listeners of one Service that no other has, and of these the ones that the host can have at the moment. */
type Allocation = {
  readonly plan: ServicePlan
  readonly allocated: readonly ListenerRequest[]
  readonly available: readonly ListenerRequest[]
}

function allocate(
  plan: ServicePlan,
  lost: ReadonlySet<ListenerRequest>,
  {unavailable}: HostState,
): Allocation {
  const allocated = lost.size === 0 ? plan.requests : plan.requests.filter((request) => !lost.has(request))
  const available = unavailable.size === 0 ? allocated : allocated.filter(({id}) => !unavailable.has(id))
  return {plan, allocated, available}
}

/** Undefined if no endpoint can be a listener of this lbex. */
function findOwn(
  allocations: readonly Allocation[],
  {addresses}: HostState,
  {ownListeners: own, listenAddresses}: ModelOptions,
): IsOwn | undefined {
  if (!allocations.some(({plan}) => plan.reachesHost)) return undefined
  const served = allocations.flatMap(({available}) =>
    available.filter(({upstream}) => upstream).map(({key}) => key),
  )
  return ownListeners([...served, ...own], {listenAddresses, hostAddresses: addresses})
}

/** What decides about all allocations alike. `shared` has the listenerIds of the listeners that several Services have. */
type Circumstances = {
  readonly host: HostState
  readonly shared: ReadonlySet<string>
  readonly isOwn: IsOwn | undefined
  readonly serving: ServiceMemo
}

type Result = AllocatedService & {readonly diagnostics: readonly Diagnostic[]}

function serveAllocation(
  {plan, allocated, available}: Allocation,
  {host, shared, isOwn, serving}: Circumstances,
): Result {
  const {requests, diagnostics} =
    isOwn && plan.reachesHost
      ? withoutOwn(plan, available, isOwn)
      : {requests: available, diagnostics: NOTHING}
  const alone = shared.size === 0 ? requests : requests.filter(({id}) => !shared.has(id))
  return {
    ...{plan, requests, served: serving.serve(plan, alone)},
    diagnostics:
      available === allocated ? diagnostics : [...diagnostics, ...reportUnavailable(plan, allocated, host)],
  }
}

const NOTHING: readonly Diagnostic[] = []

function reportUnavailable(
  plan: ServicePlan,
  allocated: readonly ListenerRequest[],
  {unavailable}: HostState,
): Diagnostic[] {
  return allocated.flatMap((request) => {
    const error = unavailable.get(request.id)
    return error === undefined ? [] : reportHeld(plan, request, error)
  })
}
