/** The listener requests and upstreams of one Service, before listeners are allocated. */
import {contentHash} from './content-hash.js'
import {allowedProbe} from './allowed-probe.js'
import type {ListenerKey} from './listener-key.js'
import type {Steps} from './steps.js'
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import {reporter, type ReportDiagnostic} from '../../diagnostics/reporter.js'
import type {ListenerSettings} from '../intent/listener-settings.js'
import type {PortIntent, ServiceIntent} from '../intent/service-intent.js'
import type {UpstreamSettings} from '../intent/upstream-settings.js'
import type {Share} from '../intent/sharing.js'
import type {EndpointSlice, IpFamily} from '../cluster/objects.js'
import type {Coverage} from '../cluster/snapshot.js'
import type {Assignment} from '../addresses/assignment.js'
import {familiesOf, reportAddressTypes} from './address-families.js'
import {addressesFor} from './choose-addresses.js'
import {reportNoBackend, type BackendContext, type Backends} from './backends.js'
import {hasEndpointOnHost} from './endpoint-on-host.js'
import {indexTargetPorts} from './endpoints.js'
import type {Upstream} from './load-balancer.js'
import {nodeBackends, whyNoNodePort} from './node-backends.js'
import type {NodeViews} from './nodes.js'
import type {ModelOptions} from './options.js'
import {clusterIpBackends, podBackends} from './pod-backends.js'
import {reportImpossibleTargets, shiftBackends} from './shift-backends.js'
import type {RequestedListener} from './request-listeners.js'
import {countUpstreams, requestPorts} from './request-ports.js'
import type {RouteMatch} from './route-match.js'
import {resolveSecrets} from './resolve-secrets.js'
import type {SecretView} from './secret-views.js'
import {ServerBudget} from './server-budget.js'
import {supportedSettings} from './supported-settings.js'
import type {TlsFiles} from './tls-files.js'
import {withTlsProbe} from './tls-probe.js'
import {makeUpstream} from './upstream.js'

/** A Service port's request for traffic of a listener, and its upstream. */
export type ListenerRequest = {
  readonly key: ListenerKey
  /** listenerId of the key. */
  readonly id: string
  readonly port: PortIntent
  readonly settings: ListenerSettings
  /** True if lbex must not expose the port, because a setting is not valid or not possible: `settings` may not be what it needs. */
  readonly closed?: true
  /** Absent if the port needs none. */
  readonly tls?: TlsFiles
  readonly match: RouteMatch
  /** Absent if other requests must not have the same traffic. */
  readonly share?: Pick<Share, 'group' | 'weight'>
  /** Absent if there is no usable backend. */
  readonly upstream?: Upstream
}

export type ServicePlan = {
  readonly intent: ServiceIntent
  /** Absent if the Service gets no address of a pool. */
  readonly assignment?: Assignment
  readonly id: string
  readonly requests: readonly ListenerRequest[]
  /** True if an endpoint has an address of this host, so that it may be a listener of this lbex. */
  readonly hasEndpointOnHost: boolean
  readonly diagnostics: readonly Diagnostic[]
}

/** The state of the cluster and of this host that affects one Service. */
export type ServiceContext = {
  readonly slices: readonly EndpointSlice[]
  readonly nodes: NodeViews
  readonly coverage: Coverage
  /** Addresses that this host has. */
  readonly hostAddresses: ReadonlySet<string>
  /** The Secrets that the Service names. */
  readonly secrets: readonly SecretView[]
  /** Absent if the Service gets no address of a pool. */
  readonly assignment?: Assignment
}

/**
 * Pure: the result depends only on the arguments, so it can be cached by their identity. Yields after each port, because a
 * Service may have thousands.
 */
export function* planService(
  intent: ServiceIntent,
  context: ServiceContext,
  options: ModelOptions,
): Steps<ServicePlan> {
  const diagnostics: Diagnostic[] = []
  const report = reporter(intent.service, diagnostics)
  const id = serviceId(intent)
  const {assignment} = context
  const chosen = addressesFor(intent, assignment, options, report)
  const families = familiesOf(intent, context.slices, chosen ?? options.listenAddresses)
  const ports = requestPorts(intent, {families, chosen}, options, report)
  reportAddressTypes(intent, context.slices, report)
  const budget = new ServerBudget(options.maxServersPerService, countUpstreams(ports))
  const requests: ListenerRequest[] = []
  const planPort = portPlanner(intent, context, options, report)
  for (const {port, listeners, matches, isRepeated} of ports) {
    const {settings, closed, tls, backends} = planPort(port, listeners)
    const upstreams = new Map<IpFamily, Upstream>()
    for (const [family, first] of backends) {
      const own = shiftBackends(first, port)
      const identity = {serviceId: id, port, family, isRepeated}
      if (own) upstreams.set(family, budget.spend(makeUpstream(identity, settings, own)))
    }
    for (const listener of listeners) {
      const request = requestFor(listener, port, upstreams.get(listener.family), tls)
      for (const match of matches) requests.push({...request, match, ...(closed && {closed})})
    }
    yield
  }
  const kept = applyServerBudget(requests, budget, options, report)
  const host = {listenAddresses: options.listenAddresses, hostAddresses: context.hostAddresses}
  return {
    ...{intent, ...(assignment && {assignment}), id, requests: kept},
    ...{hasEndpointOnHost: hasEndpointOnHost(intent, kept, host), diagnostics},
  }
}

type PortPlan = {
  readonly settings: UpstreamSettings
  readonly closed: boolean
  readonly tls: TlsFiles
  /** Of a range, those of its first port. */
  readonly backends: ReadonlyMap<IpFamily, Backends>
}

/** Returns a function that plans a listen port. The ports of a range have the same plan: it is made for the first with listeners. */
function portPlanner(
  intent: ServiceIntent,
  context: ServiceContext,
  options: ModelOptions,
  report: ReportDiagnostic,
): (port: PortIntent, listeners: readonly RequestedListener[]) => PortPlan {
  const shared = {
    intent,
    ...context,
    addresses: options,
    zone: options.zone,
    targetPortIn: indexTargetPorts(),
  }
  const plans = new Map<number, PortPlan>()
  return (port, listeners) => {
    const known = plans.get(port.index)
    if (known) return known
    const supported = supportedSettings(intent.service, port, options.capabilities, report)
    const tls = resolveSecrets(intent.service, port, context.secrets, report)
    const settings = tls && supported && allowedProbe(intent, port, supported, report)
    const closed = intent.closed || port.closed || !settings
    const backends = closed ? NO_BACKENDS : planUpstreams({...shared, port}, listeners, report)
    const probed = settings && tls && withTlsProbe(port, tls, settings)
    // A closed port serves nothing, and its certificate must not decide about the TLS of the others.
    const files = closed || !tls ? {} : tls
    const plan = {settings: probed ?? port.upstreamSettings, closed, tls: files, backends}
    if (listeners.length > 0) plans.set(port.index, plan)
    return plan
  }
}

const NO_BACKENDS: ReadonlyMap<IpFamily, Backends> = new Map()

function requestFor(
  {key, id}: RequestedListener,
  port: PortIntent,
  upstream: Upstream | undefined,
  tls: TlsFiles,
): Omit<ListenerRequest, 'match'> {
  const {listenerSettings: settings, sharing: {share} = {}} = port
  const hasFiles = Object.keys(tls).length > 0
  return {key, id, port, settings, ...(hasFiles && {tls}), ...(share && {share}), ...(upstream && {upstream})}
}

/** Cuts each upstream once, so that the listeners of one family still share it. */
function applyServerBudget(
  requests: readonly ListenerRequest[],
  budget: ServerBudget,
  {maxServersPerService: limit}: ModelOptions,
  report: ReportDiagnostic,
): readonly ListenerRequest[] {
  if (!budget.isOver) return requests
  const upstreams = new Map(requests.flatMap(({upstream}) => (upstream ? [[upstream, upstream]] : [])))
  const smaller = mapValues(upstreams, (upstream) => budget.cut(upstream))
  const {share, spent, hasSampled} = budget
  if (hasSampled) report('servers-over-limit', {field: ['spec', 'ports'], args: {spent, limit, share}})
  return requests.map(({upstream, ...request}) => {
    const cut = upstream && smaller.get(upstream)
    return {...request, ...(cut && {upstream: cut})}
  })
}

function mapValues<K, A, B>(map: ReadonlyMap<K, A>, make: (value: A, key: K) => B): Map<K, B> {
  return new Map([...map].map(([key, value]) => [key, make(value, key)]))
}

/** First part of upstream names. NGINX compares names from the start: a common prefix would make its startup quadratic. */
function serviceId({service: {ref}}: ServiceIntent): string {
  return contentHash(`${ref.namespace}/${ref.name}`)
}

/** The backends of one port by family. A family without backends is reported and omitted. */
function planUpstreams(
  context: Omit<BackendContext, 'family'>,
  listeners: readonly RequestedListener[],
  report: ReportDiagnostic,
): Map<IpFamily, Backends> {
  const {intent, port} = context
  const families = new Set(listeners.map((listener) => listener.family))
  const found = new Map<IpFamily, Backends>()
  if (!hasNodePortIfNeeded(context, report)) return found
  for (const family of families) {
    const backends = BACKENDS[intent.upstreamType]({...context, family}, report)
    if (backends?.noBackend)
      reportNoBackend(port, families.size > 1 ? family : undefined, backends.noBackend, report)
    else if (backends) {
      reportImpossibleTargets(port, backends, report)
      found.set(family, backends)
    }
  }
  return found
}

function hasNodePortIfNeeded(
  {intent, port, coverage}: Omit<BackendContext, 'family'>,
  report: ReportDiagnostic,
): boolean {
  const reason = intent.upstreamType === 'node' ? whyNoNodePort(intent, port, coverage) : undefined
  if (reason) report('node-port-missing', {field: port.field, args: reason})
  return !reason
}

const BACKENDS = {node: nodeBackends, pod: podBackends, 'cluster-ip': clusterIpBackends}
