/** The output of `lbex explain`: why one Service is or is not served, as a few lines or as JSON. */
import type {Service, ServicePort} from '../core/cluster/objects.js'
import {ANNOTATIONS} from '../core/intent/annotations.js'
import type {IntentOptions} from '../core/intent/options.js'
import type {Selection} from '../core/intent/select.js'
import {hasClassAnnotation} from '../core/intent/service-class.js'
import {bracketed} from '../core/model/listener-key.js'
import type {ListenerRequest} from '../core/model/plan-service.js'
import {serverNameOf} from '../core/model/route-match.js'
import type {TranslatedService} from '../core/translate/translator.js'
import {describeObject, type Diagnostic} from '../diagnostics/diagnostic.js'
import {diagnosticJson} from './diagnostics-json.js'
import {diagnosticsText} from './diagnostics-text.js'
import {EXIT, type CommandReport} from './report.js'

export type Explanation = {
  readonly service: Service
  readonly selection: Selection
  /** Absent if the Service is not selected, or if the API server would reject it. */
  readonly translated?: TranslatedService
  readonly options: Pick<IntentOptions, 'className' | 'servicePool' | 'affinity'>
  /** Those of this Service, sorted and located. */
  readonly diagnostics: readonly Diagnostic[]
}

/** What becomes of one listener of a Service port. */
type ListenerState = 'served' | 'no-backend' | 'unavailable'

type ExplainedListener = {
  /** `0.0.0.0:80/TCP` */
  readonly listener: string
  readonly state: ListenerState
  /** The server names (SNI) whose connections the port gets; absent if it gets all. */
  readonly hosts?: readonly string[]
  /** Relative to the weights of the other Services of the listener; absent if no other Service has the same traffic. */
  readonly weight?: number
  /** `10.0.0.7:8080` */
  readonly servers: readonly string[]
  /** `endpoint 10.0.0.8 of Pod web-1 (not ready)` */
  readonly skipped: readonly string[]
}

type ExplainedPort = {
  readonly name: string
  readonly port: number
  readonly protocol: string
  /** True if the annotations, or the class, give the port a listen port. */
  readonly exposed: boolean
  readonly listeners: readonly ExplainedListener[]
}

/** Exit code 0 if lbex serves every exposed port on all of its listeners, else 1. */
export function explainText(explanation: Explanation): CommandReport {
  const {service, diagnostics} = explanation
  const ports = explainPorts(explanation)
  const rows = [selectionRow(explanation), ...poolRow(explanation), ...settingsRow(explanation)]
  const lines = [...rows, ...(explanation.translated ? ports.flatMap(portRows) : [])]
  const width = Math.max(...lines.map(([label]) => label.length))
  const body = lines.map(([label, text]) => `  ${label.padEnd(width)}  ${text}\n`).join('')
  const found = diagnosticsText(diagnostics)
  const output = `${describeObject(service.ref)}: ${summaryOf(explanation, ports)}\n${body}${found && `\n${found}`}`
  return {output, notes: '', exitCode: exitCodeOf(explanation, ports)}
}

/** One object: `{service, selection, ports, diagnostics}`. */
export function explainJson(explanation: Explanation): CommandReport {
  const {service, selection, diagnostics} = explanation
  const ports = explainPorts(explanation)
  const value = {service: service.ref, selection, ports, diagnostics: diagnostics.map(diagnosticJson)}
  return {
    output: `${JSON.stringify(value, undefined, 2)}\n`,
    notes: '',
    exitCode: exitCodeOf(explanation, ports),
    medium: 'json',
  }
}

function explainPorts({service, translated}: Explanation): ExplainedPort[] {
  return service.ports.map((port, index) => ({
    ...{name: port.name, port: port.port, protocol: port.protocol},
    exposed: translated?.intent.ports.some((intent) => intent.index === index) ?? false,
    listeners: translated ? explainListeners(translated, index) : [],
  }))
}

/** Listeners that another Service has are missing: a diagnostic reports each. */
function explainListeners({allocated, available}: TranslatedService, index: number): ExplainedListener[] {
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
  }))
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

function isServed({exposed, listeners}: ExplainedPort): boolean {
  return exposed && listeners.length > 0 && listeners.every(({state}) => state === 'served')
}

function exitCodeOf({diagnostics}: Explanation, ports: readonly ExplainedPort[]): number {
  const exposed = ports.filter(({exposed}) => exposed)
  const isComplete = exposed.length > 0 && exposed.every(isServed)
  const hasErrors = diagnostics.some(({severity}) => severity === 'error')
  return isComplete && !hasErrors ? EXIT.fine : EXIT.diagnostics
}

function summaryOf({translated}: Explanation, ports: readonly ExplainedPort[]): string {
  if (!translated) return 'not served'
  const served = ports.filter(isServed).length
  return served === 0 ? 'not served' : `${served} of ${count(ports.length, 'port')} served`
}

type Row = readonly [label: string, text: string]

function selectionRow({service, selection, options}: Explanation): Row {
  if (selection !== 'selected') return ['not selected', WHY_NOT[selection](service, options)]
  return [
    'selected',
    service.refused ? 'yes, but the API server would reject it' : selectedBy(service, options),
  ]
}

function selectedBy(service: Service, {className}: Explanation['options']): string {
  if (service.loadBalancerClass === className) return `by spec.loadBalancerClass: ${className}`
  if (hasClassAnnotation(service, {className, defaultLoadBalancer: false}))
    return `by the annotation ${ANNOTATIONS.class.key}: ${className}`
  return 'as a Service of type LoadBalancer without a class (--default-load-balancer)'
}

const WHY_NOT: Record<
  Exclude<Selection, 'selected'>,
  (service: Service, options: Explanation['options']) => string
> = {
  deleted: () => 'the Service is being deleted',
  filtered: ({ref}) => `--namespace or --exclude-namespace excludes namespace ${ref.namespace}`,
  'other-class': (_, {className}) =>
    `neither spec.loadBalancerClass nor the annotation ${ANNOTATIONS.class.key} is ${className}`,
  'other-pool': (service, {servicePool, affinity}) =>
    `${poolOf(service)}; ${servicePool === '' ? 'this lbex has no pool' : `this lbex has pool ${servicePool}`}${AFFINITY[affinity]}`,
  'unsupported-type': ({type, clusterIPs}) =>
    clusterIPs.includes('None') ? 'it is a headless Service' : `its type is ${type}`,
}

const AFFINITY = {
  default: '',
  strict: ' and serves only Services of its own pool (--strict-affinity)',
  anti: ' and serves only Services of other pools (--anti-affinity)',
}

function poolOf({annotations}: Service): string {
  const pool = annotations[ANNOTATIONS.servicePool.key] ?? ''
  return pool === '' ? 'it has no pool' : `its pool is ${pool}`
}

function poolRow({service, selection}: Explanation): Row[] {
  const pool = service.annotations[ANNOTATIONS.servicePool.key] ?? ''
  return selection === 'selected' && pool !== '' ? [['pool', pool]] : []
}

const UPSTREAMS = {node: 'node ports', pod: 'endpoints', 'cluster-ip': 'the cluster IP'}

function settingsRow({translated}: Explanation): Row[] {
  if (!translated) return []
  const {upstreamType, ports} = translated.intent
  const algorithms = new Set(ports.map(({upstreamSettings}) => upstreamSettings.balancing.algorithm))
  // The source ranges of all ports are the same.
  const sourceRanges = ports[0]?.listenerSettings.sourceRanges
  return [
    ['upstreams', [UPSTREAMS[upstreamType], ...algorithms].join(', ')],
    ...(sourceRanges ? [['clients', listFirst(sourceRanges)] as const] : []),
  ]
}

function portRows({exposed, listeners, ...port}: ExplainedPort): Row[] {
  const label = portLabel(port)
  if (!exposed) return [[label, 'not exposed: nothing sets its listen port']]
  if (listeners.length === 0) return [[label, 'not served: see below']]
  return listeners.map((listener, index) => [index === 0 ? label : '', listenerText(listener)] as const)
}

function portLabel({name, port, protocol}: Pick<ServicePort, 'name' | 'port' | 'protocol'>): string {
  return `port ${port}/${protocol}${name && ` ${name}`}`
}

function listenerText({listener, state, hosts, weight, servers, skipped}: ExplainedListener): string {
  const names = hosts ? ` for ${listFirst(hosts)}` : ''
  const place = `${listener}${names}${weight === undefined ? '' : ` with weight ${weight}`}`
  const skips = skipped.length === 0 ? '' : `; skipped: ${listFirst(skipped)}`
  if (state === 'served')
    return `served on ${place} by ${count(servers.length, 'server')}: ${listFirst(servers)}${skips}`
  return `not served on ${place}: ${state === 'no-backend' ? 'no backend' : 'this host cannot listen there'}`
}

/** The most items of a list in a line. */
const MOST_LISTED = 5

function listFirst(items: readonly string[]): string {
  const more = items.length - MOST_LISTED
  return items.slice(0, MOST_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
