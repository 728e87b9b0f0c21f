/** The decision path of one Service, as a value: what selects it, and what becomes of each of its ports. */
import type {Service} from '../core/cluster/objects.js'
import type {Selection} from '../core/intent/select.js'
import {bracketed} from '../core/model/listener-key.js'
import type {ListenerRequest} from '../core/model/plan-service.js'
import {serverNameOf} from '../core/model/route-match.js'
import type {ProcessState} from '../core/state/lbex-state.js'
import type {ListenerOutcome} from '../core/state/reason-of.js'
import type {TranslatedService} from '../core/translate/translator.js'
import type {Diagnostic} from '../diagnostics/diagnostic.js'
import {diagnosticJson, type DiagnosticJson} from './diagnostics-json.js'
import {factsOf, type Row, type SelectedService} from './explain-facts.js'

export type Explanation = SelectedService & {
  /** Those of this Service, sorted and located. */
  readonly diagnostics: readonly Diagnostic[]
  /** Milliseconds since the epoch since when a running lbex serves a listener of the Service. */
  readonly since?: (listener: string) => number | undefined
}

export type ExplainedListener = {
  /** `0.0.0.0:80/TCP` */
  readonly listener: string
  readonly state: Extract<ListenerOutcome, 'served' | 'no-backend' | 'unavailable'>
  /** The server names (SNI) whose connections the port gets; absent if it gets all. */
  readonly hosts?: readonly string[]
  /** Relative to the weights of the other Services of the listener; absent if no other Service has the same traffic. */
  readonly weight?: number
  /** `10.0.0.7:8080` */
  readonly servers: readonly string[]
  /** `endpoint 10.0.0.8 of Pod web-1 (not ready)` */
  readonly skipped: readonly string[]
  /** Time (ISO 8601) since when the running lbex serves it; absent if none was asked. */
  readonly since?: string
}

export type ExplainedPort = {
  readonly name: string
  readonly port: number
  readonly protocol: string
  /** True if the annotations, or the class, give the port a listen port. */
  readonly exposed: boolean
  readonly listeners: readonly ExplainedListener[]
}

/** The decision path of one Service, as a JSON value. */
export type Explained = {
  readonly service: Service['ref']
  readonly selection: Selection
  /** False if the Service is not selected, or if the API server would reject it: then no port is looked at. */
  readonly translated: boolean
  /** What is shown above the ports: a label and a text each. */
  readonly facts: readonly Row[]
  readonly ports: readonly ExplainedPort[]
  readonly diagnostics: readonly DiagnosticJson[]
  /** The lbex that was asked; absent if the objects were read from a cluster or from files. */
  readonly lbex?: Pick<ProcessState, 'version' | 'pid' | 'startedAt'>
}

/** Explains one Service. */
export function explained(explanation: Explanation): Explained {
  const {service, selection, translated, diagnostics} = explanation
  return {
    ...{service: service.ref, selection, translated: translated !== undefined},
    facts: factsOf(explanation),
    ports: explainPorts(explanation),
    diagnostics: diagnostics.map(diagnosticJson),
  }
}

function explainPorts({service, translated, since}: Explanation): ExplainedPort[] {
  return service.ports.map((port, index) => ({
    ...{name: port.name, port: port.port, protocol: port.protocol},
    exposed: translated?.intent.ports.some((intent) => intent.index === index) ?? false,
    listeners: translated ? explainListeners(translated, index, since) : [],
  }))
}

/** Listeners that another Service has are missing: a diagnostic reports each. */
function explainListeners(
  {allocated, available}: TranslatedService,
  index: number,
  since: Explanation['since'],
): ExplainedListener[] {
  const requests = new Map<string, ListenerRequest[]>()
  for (const request of allocated) {
    if (request.port.index !== index) continue
    const others = requests.get(request.id)
    if (others) others.push(request)
    else requests.set(request.id, [request])
  }
  // `available` may hold the same request without servers that would forward to lbex itself.
  const byId = new Map(available.filter(({port}) => port.index === index).map((each) => [each.id, each]))
  return [...requests].map(([id, routes]) => ({
    listener: id,
    ...explainTraffic(routes),
    ...explainUpstream(byId.get(id)),
    ...timeOf(since?.(id)),
  }))
}

function timeOf(since: number | undefined): Pick<ExplainedListener, 'since'> {
  return since === undefined ? {} : {since: new Date(since).toISOString()}
}

/** `routes` are the requests of one port for one listener: one for each server name. */
function explainTraffic(routes: readonly ListenerRequest[]): Pick<ExplainedListener, 'hosts' | 'weight'> {
  const hosts = routes.flatMap(({match}) => serverNameOf(match) ?? [])
  const weight = routes[0]?.share?.weight
  return {...(hosts.length > 0 && {hosts}), ...(weight !== undefined && {weight})}
}

function explainUpstream(
  request: ListenerRequest | undefined,
): Pick<ExplainedListener, 'state' | 'servers' | 'skipped'> {
  const {upstream} = request ?? {}
  return {
    state: upstream ? 'served' : request ? 'no-backend' : 'unavailable',
    servers: upstream?.servers.map(({address, port}) => `${bracketed(address)}:${port}`) ?? [],
    skipped: upstream?.absent.map(({what, why}) => `${what} (${why})`) ?? [],
  }
}
