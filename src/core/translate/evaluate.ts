/** From a snapshot to the load balancer it asks for, with every diagnostic on the way: all that `check` needs. */
import {isDeepStrictEqual} from 'node:util'
import {finish, mapEachInSteps, mapInSteps, type Steps} from '../model/steps.js'
import type {BindError} from '../../diagnostics/bind-error.js'
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import {readIntent} from '../intent/intent.js'
import type {IntentOptions} from '../intent/options.js'
import type {LoadBalancer, ServedService} from '../model/load-balancer.js'
import {reportChosenAddresses} from '../model/chosen-addresses.js'
import {meanTheSame, viewNodes, type NodeViews} from '../model/nodes.js'
import type {ModelOptions} from '../model/options.js'
import {ownListeners, withoutOwn, type IsOwn} from '../model/own-listeners.js'
import {planService, type Claim, type ServicePlan, type Surroundings} from '../model/plan-service.js'
import {reportHeld, serve} from '../model/serve.js'
import {settleClaims} from '../model/settle-claims.js'
import {reportUnlabelled} from '../model/unused-slices.js'
import type {EndpointSlice, Node, Service} from '../cluster/objects.js'
import {indexEndpoints} from '../cluster/snapshot-index.js'
import type {ClusterSnapshot} from '../cluster/snapshot.js'

export type EvaluateOptions = IntentOptions & ModelOptions

export type Evaluation = {
  readonly loadBalancer: LoadBalancer
  /** Unsorted; without positions. */
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Pure, total and deterministic: the order of the objects in the snapshot changes nothing. Work is remembered for each
 * Service by the identity of all that bears on it, so a change costs what it touches.
 */
export function evaluate(snapshot: ClusterSnapshot, options: EvaluateOptions): Evaluation {
  return finish(evaluateInSteps(snapshot, options))
}

/** As `evaluate`, a little at a time. */
export function* evaluateInSteps(snapshot: ClusterSnapshot, options: EvaluateOptions): Steps<Evaluation> {
  const nodes = viewNodesOnce(snapshot.nodes, options)
  const judgements = yield* judgeServices(snapshot, nodes, options)
  const plans = judgements.map(({plan}) => plan).filter((plan) => plan !== undefined)
  const intents = plans.map(({intent}) => intent)
  const {lost, diagnostics} = settleClaims(plans)
  const granted = yield* mapInSteps(plans, (plan) => grantedTo(plan, lost, options.held))
  const isOwn = ownOf(granted, options)
  const grants = yield* mapInSteps(granted, (each) => grant(each, options.held, isOwn))
  const services = grants.map(({served}) => served).filter((served) => served !== undefined)
  return {
    loadBalancer: {services: services.sort(byName)},
    diagnostics: [
      ...diagnosticsOf(judgements),
      ...reportChosenAddresses(intents, nodes),
      ...reportUnlabelled(
        intents.map(({service}) => service),
        snapshot.endpointSlices,
      ),
      ...diagnostics,
      ...diagnosticsOf(grants),
    ],
  }
}

function diagnosticsOf(parts: readonly {readonly diagnostics: readonly Diagnostic[]}[]): Diagnostic[] {
  return parts.filter((part) => part.diagnostics.length > 0).flatMap((part) => part.diagnostics)
}

/** What is known of one Service before it is settled which listeners it gets. */
type Judgement = {readonly plan?: ServicePlan; readonly diagnostics: readonly Diagnostic[]}

type Remembered = {
  /** What bears on every Service. */
  readonly common: readonly unknown[]
  readonly slices: readonly EndpointSlice[]
  readonly judgement: Judgement
}

const remembered = new WeakMap<Service, Remembered>()

function judgeServices(
  snapshot: ClusterSnapshot,
  nodes: NodeViews,
  options: EvaluateOptions,
): Steps<Judgement[]> {
  const {coverage} = snapshot
  const endpointsOf = indexEndpoints(snapshot)
  const common = sameAsBefore([
    nodes,
    ...[coverage.nodes, coverage.endpointSlices, coverage.allocations],
    ...POLICY.map((name) => options[name]),
  ])
  return mapEachInSteps(snapshot.services, function* (service) {
    const slices = endpointsOf(service)
    const last = remembered.get(service)
    if (last?.common === common && areSame(last.slices, slices)) return last.judgement
    const judgement = yield* judge(service, {slices, nodes, coverage}, options)
    remembered.set(service, {common, slices, judgement})
    return judgement
  })
}

let latestCommon: readonly unknown[] = []

/** The same array as long as it holds the same, so that thousands of Services need not compare it. */
function sameAsBefore(common: readonly unknown[]): readonly unknown[] {
  if (!areSame(common, latestCommon)) latestCommon = common
  return latestCommon
}

/** Every option that a judgement depends on, but for `held` and `ownListeners`, which count later. */
const POLICY = [
  'namespaces',
  'excludedNamespaces',
  'serviceName',
  'servicePool',
  'affinity',
  'requirePort',
  'listenAddresses',
  'reservedPorts',
  'unprivileged',
  'capabilities',
  'ipv6',
  'maxListenersPerService',
  'maxServersPerService',
  'allowLocalEndpoints',
  'deniedEndpoints',
  'hostAddresses',
] as const satisfies readonly (keyof EvaluateOptions)[]

function areSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index])
}

/** A Service that the API server would refuse is judged, so that all its mistakes are seen at once, but not served. */
function* judge(service: Service, around: Surroundings, options: EvaluateOptions): Steps<Judgement> {
  const {intent, diagnostics} = readIntent(service, options)
  if (!intent) return {diagnostics}
  const plan = yield* planService(intent, around, options)
  const all = [...diagnostics, ...plan.diagnostics]
  return service.refused ? {diagnostics: all} : {plan, diagnostics: all}
}

let latestNodes: NodeViews | undefined

/** Nodes change their status all the time, and seldom in a way that matters here: then the views stay the same object. */
function viewNodesOnce(nodes: readonly Node[], options: EvaluateOptions): NodeViews {
  const {includeExcludedNodes, allowLocalEndpoints, deniedEndpoints} = options
  const views = viewNodes(nodes, {includeExcludedNodes, allowLocalEndpoints, deniedEndpoints})
  if (!latestNodes || !meanTheSame(views, latestNodes)) latestNodes = views
  return latestNodes
}

/** The claims of a Service that no other Service has (`won`), and of these the ones that the host can give (`free`). */
type Granted = {readonly plan: ServicePlan; readonly won: readonly Claim[]; readonly free: readonly Claim[]}

function grantedTo(
  plan: ServicePlan,
  lost: ReadonlySet<Claim>,
  held: ReadonlyMap<string, BindError>,
): Granted {
  const won = lost.size === 0 ? plan.claims : plan.claims.filter((claim) => !lost.has(claim))
  const free = held.size === 0 ? won : won.filter((claim) => !held.has(claim.id))
  return {plan, won, free}
}

/** Undefined if no endpoint can be a listener of this lbex. */
function ownOf(granted: readonly Granted[], options: EvaluateOptions): IsOwn | undefined {
  if (!granted.some(({plan}) => plan.reachesHost)) return undefined
  const served = granted.flatMap(({free}) => free.filter(({upstream}) => upstream).map(({key}) => key))
  return ownListeners([...served, ...options.ownListeners], options)
}

type Grant = {readonly served: ServedService | undefined; readonly diagnostics: readonly Diagnostic[]}

function grant(
  {plan, won, free}: Granted,
  held: ReadonlyMap<string, BindError>,
  isOwn: IsOwn | undefined,
): Grant {
  const {claims, diagnostics} =
    isOwn && plan.reachesHost ? withoutOwn(plan, free, isOwn) : {claims: free, diagnostics: NOTHING}
  const served = serveOnce(plan, claims)
  return {
    served,
    diagnostics: free === won ? diagnostics : [...diagnostics, ...reportAllHeld(plan, won, held)],
  }
}

const NOTHING: readonly Diagnostic[] = []

function reportAllHeld(
  plan: ServicePlan,
  won: readonly Claim[],
  held: ReadonlyMap<string, BindError>,
): Diagnostic[] {
  return won.flatMap((claim) => {
    const error = held.get(claim.id)
    return error === undefined ? [] : reportHeld(plan, claim, error)
  })
}

const lastServed = new WeakMap<
  Service,
  {readonly plan: ServicePlan; readonly claims: readonly Claim[]; readonly served: ServedService | undefined}
>()

/** The same object as long as the Service serves the same, so that its file need not be written again. */
function serveOnce(plan: ServicePlan, claims: readonly Claim[]): ServedService | undefined {
  const {service} = plan.intent
  const last = lastServed.get(service)
  if (last?.plan === plan && areSame(last.claims, claims)) return last.served
  const made = serve(plan, claims)
  const served = isDeepStrictEqual(made, last?.served) ? last?.served : made
  lastServed.set(service, {plan, claims, served})
  return served
}

function byName({ref: a}: ServedService, {ref: b}: ServedService): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1
  return a.name < b.name ? -1 : 1
}
