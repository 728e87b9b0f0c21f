/** What one Service asks for and offers, before its listeners are allocated. */
import {contentHash} from './content-hash.js'
import type {ListenerKey} from './listener-key.js'
import type {Steps} from './steps.js'
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import {reporter, type Report} from '../../diagnostics/reporter.js'
import type {ListenerSettings} from '../intent/listener-settings.js'
import type {PortIntent, ServiceIntent} from '../intent/service-intent.js'
import type {EndpointSlice, IpFamily} from '../cluster/objects.js'
import type {Coverage} from '../cluster/snapshot.js'
import {parseIp} from '../cluster/ip-address.js'
import {isHostAddress, type HostAddresses} from './address-policy.js'
import {reportNone, type BackendQuestion, type Backends} from './backends.js'
import {indexTargetPorts} from './endpoints.js'
import type {Upstream} from './load-balancer.js'
import {nodeBackends, whyNoNodePort} from './node-backends.js'
import type {NodeViews} from './nodes.js'
import type {ModelOptions} from './options.js'
import {clusterIpBackends, podBackends} from './pod-backends.js'
import {requestListeners, type RequestedListener} from './request-listeners.js'
import type {RouteMatch} from './route-match.js'
import {ServerBudget} from './server-budget.js'
import {supportedSettings} from './supported-settings.js'
import {makeUpstream} from './upstream.js'

/** Traffic of a listener that a Service port asks for, and the upstream behind it. */
export type ListenerRequest = {
  readonly key: ListenerKey
  /** listenerId of the key. */
  readonly id: string
  readonly port: PortIntent
  readonly settings: ListenerSettings
  readonly match: RouteMatch
  /** Share of the traffic that `match` is for, relative to other requests for it. Absent: no other request may have a part of it. */
  readonly weight?: number
  /** Absent if no backend can be used. */
  readonly upstream?: Upstream
}

export type ServicePlan = {
  readonly intent: ServiceIntent
  readonly id: string
  readonly requests: readonly ListenerRequest[]
  /** True if an endpoint has an address of this host: it may be a listener of this lbex. */
  readonly reachesHost: boolean
  readonly diagnostics: readonly Diagnostic[]
}

/** What was read about the cluster and this host that matters to one Service. */
export type Surroundings = {
  readonly slices: readonly EndpointSlice[]
  readonly nodes: NodeViews
  readonly coverage: Coverage
  /** Addresses that this host has. */
  readonly hostAddresses: ReadonlySet<string>
}

/**
 * Pure; the result depends on nothing but the arguments, so it can be remembered by their identity. A step for each port: one
 * Service may have thousands.
 */
export function* planService(
  intent: ServiceIntent,
  around: Surroundings,
  options: ModelOptions,
): Steps<ServicePlan> {
  const diagnostics: Diagnostic[] = []
  const report = reporter(intent.service, diagnostics)
  const id = serviceId(intent)
  const settings = supportedSettings(intent.upstreamSettings, options.capabilities, report)
  const ports = requestAll(intent, familiesOf(intent, around.slices, options), options, report)
  reportAddressTypes(intent, around.slices, report)
  const budget = new ServerBudget(options.maxServersPerService, countUpstreams(ports))
  const requests: ListenerRequest[] = []
  const targetPortIn = indexTargetPorts()
  for (const {port, listeners, isRepeated} of ports) {
    const backends = planUpstreams(
      {intent, port, ...around, addresses: options, targetPortIn},
      listeners,
      report,
    )
    const upstreams = mapValues(backends, (each, family) =>
      budget.spend(makeUpstream({serviceId: id, port, family, isRepeated}, settings, each)),
    )
    for (const listener of listeners)
      requests.push(requestFor(listener, port, intent, upstreams.get(listener.family)))
    yield
  }
  const kept = withinBudget(requests, budget, options, report)
  const host = {listenAddresses: options.listenAddresses, hostAddresses: around.hostAddresses}
  return {intent, id, requests: kept, reachesHost: reachesHost(intent, kept, host), diagnostics}
}

type PortRequests = {
  readonly port: PortIntent
  readonly listeners: readonly RequestedListener[]
  /** True if an earlier port asks for the same listen port and protocol. */
  readonly isRepeated: boolean
}

/** The listeners of the first ports, up to the limit. */
function requestAll(
  {ports}: ServiceIntent,
  families: readonly IpFamily[],
  options: ModelOptions,
  report: Report,
): PortRequests[] {
  const limit = options.maxListenersPerService
  const requested: PortRequests[] = []
  const seen = new Set<string>()
  let count = 0
  for (const [index, port] of ports.entries()) {
    const listeners = requestListeners(port, families, options, report)
    count += listeners.length
    if (count > limit) {
      const args = {served: index, asked: ports.length, limit}
      report('listeners-over-limit', {field: port.field, args})
      break
    }
    const wanted = `${port.listenPort}/${port.port.protocol}`
    requested.push({port, listeners, isRepeated: seen.has(wanted)})
    seen.add(wanted)
  }
  return requested
}

function countUpstreams(ports: readonly PortRequests[]): number {
  return ports.reduce((sum, {listeners}) => sum + new Set(listeners.map(({family}) => family)).size, 0)
}

function requestFor(
  {key, id}: RequestedListener,
  port: PortIntent,
  {listenerSettings}: ServiceIntent,
  upstream: Upstream | undefined,
): ListenerRequest {
  return {key, id, port, settings: listenerSettings, match: ALL_TRAFFIC, ...(upstream && {upstream})}
}

const ALL_TRAFFIC: RouteMatch = {type: 'all'}

/** Listeners of one family share an upstream, and go on sharing it. */
function withinBudget(
  requests: readonly ListenerRequest[],
  budget: ServerBudget,
  {maxServersPerService: limit}: ModelOptions,
  report: Report,
): readonly ListenerRequest[] {
  if (!budget.isOver) return requests
  const upstreams = new Map(requests.flatMap(({upstream}) => (upstream ? [[upstream, upstream]] : [])))
  const cut = mapValues(upstreams, (upstream) => budget.cut(upstream))
  const {share, spent, hasSampled} = budget
  if (hasSampled) report('servers-over-limit', {field: ['spec', 'ports'], args: {spent, limit, share}})
  return requests.map(({upstream, ...request}) => {
    const smaller = upstream && cut.get(upstream)
    return {...request, ...(smaller && {upstream: smaller})}
  })
}

function mapValues<K, A, B>(map: ReadonlyMap<K, A>, make: (value: A, key: K) => B): Map<K, B> {
  return new Map([...map].map(([key, value]) => [key, make(value, key)]))
}

/**
 * Endpoints alone. A node port or a cluster IP on this host is taken by kube-proxy before a listener of lbex sees it, and
 * IPVS gives every cluster IP to every node.
 */
function reachesHost(
  {upstreamType}: ServiceIntent,
  requests: readonly ListenerRequest[],
  host: HostAddresses,
): boolean {
  if (upstreamType !== 'pod') return false
  return requests.some(({upstream}) => upstream?.servers.some(({address}) => isHostAddress(address, host)))
}

/** Stands first in upstream names, which NGINX compares from the start: a common prefix would cost it quadratically. */
function serviceId({service: {ref}}: ServiceIntent): string {
  return contentHash(`${ref.namespace}/${ref.name}`)
}

/** The Service's families, as far as they are known; where nothing tells, the one that is listened for, IPv4 rather than IPv6. */
function familiesOf(
  {service}: ServiceIntent,
  slices: readonly EndpointSlice[],
  {listenAddresses}: ModelOptions,
): IpFamily[] {
  const asked = new Set(service.ipFamilies)
  if (asked.size > 0) return [...asked].sort()
  const allocated = new Set(service.clusterIPs.flatMap((ip) => parseIp(ip)?.family ?? []))
  if (allocated.size > 0) return [...allocated].sort()
  const known = new Set(slices.map((slice) => slice.addressType).filter(isFamily))
  if (known.size > 0) return [...known].sort()
  return listenAddresses.IPv4.length === 0 && listenAddresses.IPv6.length > 0 ? ['IPv6'] : ['IPv4']
}

/** Slices of names instead of addresses, if the Service has any. */
function reportAddressTypes(
  {upstreamType}: ServiceIntent,
  slices: readonly EndpointSlice[],
  report: Report,
): void {
  if (upstreamType === 'cluster-ip') return
  const others = slices.filter(({addressType}) => !isFamily(addressType))
  for (const addressType of new Set(others.map((slice) => slice.addressType))) {
    const names = others.filter((slice) => slice.addressType === addressType).map(({ref}) => ref.name)
    report('address-type-unsupported', {args: {slices: names.sort(), addressType}})
  }
}

function isFamily(text: string): text is IpFamily {
  return text === 'IPv4' || text === 'IPv6'
}

/** The backends of one port in each family that is listened for; a family without any is reported and left out. */
function planUpstreams(
  question: Omit<BackendQuestion, 'family'>,
  listeners: readonly RequestedListener[],
  report: Report,
): Map<IpFamily, Backends> {
  const {intent, port} = question
  const families = new Set(listeners.map((listener) => listener.family))
  const found = new Map<IpFamily, Backends>()
  if (intent.closed || !hasNodePortIfNeeded(question, report)) return found
  for (const family of families) {
    const backends = BACKENDS[intent.upstreamType]({...question, family}, report)
    if (backends?.none) reportNone(port, families.size > 1 ? family : undefined, backends.none, report)
    else if (backends) found.set(family, backends)
  }
  return found
}

function hasNodePortIfNeeded(
  {intent, port, coverage}: Omit<BackendQuestion, 'family'>,
  report: Report,
): boolean {
  const why = intent.upstreamType === 'node' ? whyNoNodePort(intent, port, coverage) : undefined
  if (why !== undefined) report('node-port-missing', {field: port.field, args: {why}})
  return why === undefined
}

const BACKENDS = {node: nodeBackends, pod: podBackends, 'cluster-ip': clusterIpBackends}
