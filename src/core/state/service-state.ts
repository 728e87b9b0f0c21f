/** What becomes of one Service: its listeners with their servers, and the reason if one of them is not served. */
import type {FailedCheck, HostState} from '../model/host-state.js'
import {failingServers} from '../model/failing-servers.js'
import {bracketed} from '../model/listener-key.js'
import type {Upstream, UpstreamServer} from '../model/load-balancer.js'
import type {ListenerRequest} from '../model/plan-service.js'
import {serverNameOf} from '../model/route-match.js'
import type {PortTraffic} from './traffic-state.js'
import type {TranslatedService} from '../translate/translator.js'
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import type {Severity} from '../../diagnostics/rule.js'
import {reasonOf, type ListenerOutcome} from './reason-of.js'

export type ServerState = {
  /** `10.0.0.7:8080` */
  readonly address: string
  /** False if the server fails its active check. A server without a check is healthy. */
  readonly healthy: boolean
  /** Why the check fails. */
  readonly problem?: string
}

export type ListenerState = {
  /** `0.0.0.0:80/TCP` */
  readonly listener: string
  readonly state: ListenerOutcome
  /** The port in spec.ports of the Service, and its name, which may be empty. */
  readonly servicePort: number
  readonly portName: string
  /** The server names (SNI) whose connections the Service gets; absent if it gets all. */
  readonly hosts?: readonly string[]
  /** The kind of active check; absent if the servers are not checked. */
  readonly check?: string
  readonly servers: readonly ServerState[]
  /** Why it is not served, or not as requested. */
  readonly reason?: string
  /** Time (ISO 8601) since when this lbex serves it. */
  readonly since?: string
}

export type DiagnosticState = {
  readonly code: string
  readonly severity: Severity
  readonly message: string
  readonly hint?: string
}

export type ServiceState = {
  readonly namespace: string
  readonly name: string
  /** Absent if empty. */
  readonly labels?: Readonly<Record<string, string>>
  /** partial: some of the listeners are served, or there are errors. */
  readonly state: 'served' | 'partial' | 'not-served'
  readonly reason?: string
  /** In the order of the ports of the Service. */
  readonly listeners: readonly ListenerState[]
  readonly diagnostics: readonly DiagnosticState[]
  /** One for each listen port and protocol; absent if the traffic is not counted. */
  readonly traffic?: readonly PortTraffic[]
}

export type ServiceInput = {
  /** Those of this Service. */
  readonly diagnostics: readonly Diagnostic[]
  /** True if NGINX serves none of its listeners, or its last good configuration only. */
  readonly isRejected: boolean
  readonly failedChecks: HostState['failedChecks']
  /** Milliseconds since the epoch since when the Service has a listener; undefined if that is not known. */
  readonly since: (listener: string) => number | undefined
}

type ListenerInput = ServiceInput & {readonly namespace: string}

/** Pure. The cost is linear in the listeners, servers and diagnostics of the Service. */
export function serviceState(translated: TranslatedService, input: ServiceInput): ServiceState {
  const {ref, labels} = translated.intent.service
  const {namespace, name} = ref
  const listeners = listenersOf(translated, {...input, namespace})
  const errors = input.diagnostics.filter(({severity}) => severity === 'error')
  const state = stateOf(listeners, errors.length > 0)
  const reason = state === 'served' ? undefined : (errors[0]?.message ?? firstReason(listeners))
  return {
    ...{namespace, name, state},
    ...(labels && {labels}),
    ...(reason !== undefined && {reason}),
    listeners,
    diagnostics: input.diagnostics.map(diagnosticState),
  }
}

export function diagnosticState({code, severity, message, hint}: Diagnostic): DiagnosticState {
  return {code, severity, message, ...(hint !== undefined && {hint})}
}

function stateOf(listeners: readonly ListenerState[], hasErrors: boolean): ServiceState['state'] {
  const served = listeners.filter(({state}) => state === 'served').length
  if (served === 0) return 'not-served'
  return served === listeners.length && !hasErrors ? 'served' : 'partial'
}

function firstReason(listeners: readonly ListenerState[]): string | undefined {
  return listeners.find(({state}) => state !== 'served')?.reason
}

/** One for each port and listener, whatever the number of its server names. */
function listenersOf(translated: TranslatedService, input: ListenerInput): ListenerState[] {
  const allocated = new Set(translated.allocated.map(idOf))
  const available = new Map(translated.available.map((request) => [idOf(request), request]))
  const groups = new Map<string, ListenerRequest[]>()
  for (const request of translated.requested) {
    const group = groups.get(idOf(request))
    if (group) group.push(request)
    else groups.set(idOf(request), [request])
  }
  return [...groups].map(([id, [first, ...others]]) => {
    const state = outcomeOf(allocated.has(id), available.get(id), input)
    return listenerState([first as ListenerRequest, ...others], available.get(id)?.upstream, state, input)
  })
}

function idOf({port, id}: ListenerRequest): string {
  return `${port.index} ${id}`
}

function outcomeOf(
  isAllocated: boolean,
  available: ListenerRequest | undefined,
  {isRejected}: ServiceInput,
): ListenerOutcome {
  if (!isAllocated) return 'conflict'
  if (!available) return 'unavailable'
  if (!available.upstream) return 'no-backend'
  return isRejected ? 'rejected' : 'served'
}

function listenerState(
  requests: readonly [ListenerRequest, ...ListenerRequest[]],
  upstream: Upstream | undefined,
  state: ListenerOutcome,
  input: ListenerInput,
): ListenerState {
  const [request] = requests
  const {port} = request.port
  const hosts = requests.flatMap(({match}) => serverNameOf(match) ?? [])
  const check = upstream?.settings.healthCheck?.type
  const reason = reasonOf(request, state, upstream, input.diagnostics)
  const since = state === 'served' ? input.since(request.id) : undefined
  return {
    ...{listener: request.id, state, servicePort: port.port, portName: port.name},
    ...(hosts.length > 0 && {hosts}),
    ...(check !== undefined && {check}),
    servers: upstream ? serversOf(upstream, input) : [],
    ...(reason !== undefined && {reason}),
    ...(since !== undefined && {since: new Date(since).toISOString()}),
  }
}

/** Empty if the servers are known only in a cluster. */
function serversOf(upstream: Upstream, {namespace, failedChecks}: ListenerInput): ServerState[] {
  if (upstream.unknown.length > 0) return []
  const failing = failingServers(upstream, namespace, failedChecks)
  return upstream.servers.map((server) => serverState(server, failing.get(server)))
}

function serverState({address, port}: UpstreamServer, failed: FailedCheck | undefined): ServerState {
  const problem = failed && `${failed.reason}, since ${new Date(failed.since).toISOString()}`
  return {
    address: `${bracketed(address)}:${port}`,
    healthy: !failed,
    ...(problem !== undefined && {problem}),
  }
}
