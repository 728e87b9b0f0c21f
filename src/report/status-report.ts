/** The output of `lbex status`: a line for each listener of each Service, and one for a range of listen ports. */
import type {LbexState} from '../core/state/lbex-state.js'
import type {ListenerState, ServiceState} from '../core/state/service-state.js'
import type {PortTraffic} from '../core/state/traffic-state.js'
import {foldRanges} from './fold-ranges.js'
import {EXIT, type CommandReport} from './report.js'
import {columnWidths, rowText} from './table.js'

type Line = {
  readonly service: ServiceState
  readonly listener?: ListenerState
  readonly traffic?: PortTraffic | undefined
}

type Column = {
  readonly title: string
  readonly cell: (line: Line) => string
  /** True if only `-o wide` shows it. */
  readonly wide?: boolean
  /** True if it is only shown if the traffic is counted. */
  readonly counted?: boolean
}

const COLUMNS: readonly Column[] = [
  {title: 'NAMESPACE', cell: ({service}) => service.namespace},
  {title: 'NAME', cell: ({service}) => service.name},
  {title: 'LISTEN', cell: ({listener}) => listener?.listener ?? '-'},
  {title: 'PORT', cell: ({listener}) => (listener ? portText(listener) : '-'), wide: true},
  {title: 'SERVERS', cell: ({listener}) => (listener ? serversText(listener) : '-')},
  {title: 'CONNECTIONS', cell: ({traffic}) => connectionsText(traffic), counted: true},
  {title: 'RATE', cell: ({traffic}) => rateText(traffic), counted: true},
  {title: 'CHECK', cell: ({listener}) => listener?.check ?? '-', wide: true},
  {title: 'SINCE', cell: ({listener}) => listener?.since ?? '-', wide: true},
  {title: 'STATE', cell: ({service, listener}) => listener?.state ?? service.state},
  {title: 'REASON', cell: ({service, listener}) => (listener ? listener.reason : service.reason) ?? ''},
]

export type StatusStyle = {readonly wide: boolean}

/** Titles and cells of the table, one row for each listener; a Service without a listener has one row. */
export function statusRows(state: Pick<LbexState, 'services' | 'traffic'>, {wide}: StatusStyle): string[][] {
  const {services, traffic} = state
  const columns = COLUMNS.filter((column) => (wide || !column.wide) && (traffic || !column.counted))
  return [
    columns.map(({title}) => title),
    ...linesOf(services).map((line) => columns.map(({cell}) => cell(line))),
  ]
}

/** The table on stdout. Remarks about lbex itself, and about other objects, on stderr. */
export function statusText(state: LbexState, style: StatusStyle): CommandReport {
  const rows = statusRows(state, style)
  const widths = columnWidths(rows)
  const output = state.services.length === 0 ? '' : rows.map((row) => `${rowText(row, widths)}\n`).join('')
  const remarks = [...remarksOf(state), ...othersOf(state), summaryText(state)]
  return {output, notes: remarks.map((remark) => `${remark}\n`).join(''), exitCode: statusExitCode(state)}
}

/** 0 if all Services that select this lbex are served as requested, else 1. */
function statusExitCode({services}: Pick<LbexState, 'services'>): number {
  return services.every(({state}) => state === 'served') ? EXIT.fine : EXIT.diagnostics
}

/** The whole state; `format` converts a value to text, and is not escaped as text for a terminal. */
export function statusValue(state: LbexState, format: (value: unknown) => string): CommandReport {
  return {output: format(state), notes: '', exitCode: statusExitCode(state), medium: 'json'}
}

function linesOf(services: readonly ServiceState[]): Line[] {
  return services.flatMap((service): Line[] =>
    service.listeners.length === 0
      ? [{service}]
      : listenersOf(service).map(({listener, traffic}) => ({service, listener, traffic})),
  )
}

/** The listeners of a range as one if they have the same cells. */
function listenersOf(service: ServiceState): (Omit<Line, 'service'> & {readonly listener: ListenerState})[] {
  const others = COLUMNS.filter(({title, counted}) => title !== 'LISTEN' && !counted)
  const cells = service.listeners.map((state) => {
    return {listener: state.listener, servers: [], state, traffic: trafficOf(service, state)}
  })
  const folded = foldRanges(cells, ({state: listener}) =>
    JSON.stringify(others.map(({cell}) => cell({service, listener}))),
  )
  return folded.map(({state, listener, traffic}) => ({listener: {...state, listener}, traffic}))
}

/** Of a range, the first port has the traffic of all ports. */
function trafficOf({traffic = []}: ServiceState, {listener}: ListenerState): PortTraffic | undefined {
  return traffic.find(({port, protocol}) => listener.endsWith(`:${port}/${protocol}`))
}

/** `?`: several Services share the listener, and the kernel does not know whose connections they are. */
function connectionsText(traffic: PortTraffic | undefined): string {
  return traffic ? `${traffic.connections ?? '?'}` : '-'
}

function rateText({connectionsPerSecond: rate}: Partial<PortTraffic> = {}): string {
  if (rate === undefined) return '-'
  if (rate > 0 && rate < 0.1) return '<0.1/s'
  return `${rate > 0 && rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`
}

/** `80/http`, or the number alone. */
function portText({servicePort, portName}: ListenerState): string {
  return portName === '' ? `${servicePort}` : `${servicePort}/${portName}`
}

/** `?`: the servers are known only in a cluster. */
function serversText({state, servers}: ListenerState): string {
  if (state === 'served' && servers.length === 0) return '?'
  return `${servers.filter(({healthy}) => healthy).length}/${servers.length}`
}

/** What is wrong with lbex, NGINX or the copy of the cluster. */
function remarksOf({lbex, nginx, source, traffic}: LbexState): string[] {
  return [
    ...(lbex ? [...PHASES[lbex.phase], ...lbex.problems] : []),
    ...(nginx && !nginx.serving ? ['NGINX does not serve'] : []),
    ...(traffic && traffic.samplingRatio < 1
      ? ['the rates are estimates: there are too many connections to count each']
      : []),
    ...(source?.stale ? ['the copy of the cluster is out of date'] : []),
    ...(source?.kinds ?? []).flatMap(({kind, problem}) =>
      problem === undefined ? [] : [`${kind} objects cannot be read: ${problem}`],
    ),
  ].map((remark) => `warning: ${remark}`)
}

const PHASES = {
  starting: ['nothing has been applied yet'],
  resumed: ['nothing could be read yet: NGINX serves the configuration of an earlier lbex'],
  serving: [],
  stopping: ['lbex is stopping'],
}

function othersOf({diagnostics}: LbexState): string[] {
  return diagnostics
    .filter(({severity}) => severity === 'error')
    .map(({object, code, message}) => `${object}: error ${code} ${message}`)
}

function summaryText({lbex, summary}: LbexState): string {
  const {read, selected, served, partial, notServed} = summary
  const who = lbex ? `lbex ${lbex.version} (process ${lbex.pid})` : 'as lbex would serve'
  const parts = [
    `${served} served`,
    partial > 0 && `${partial} in part`,
    notServed > 0 && `${notServed} not served`,
  ]
  const services = read === 1 ? '1 Service' : `${read} Services`
  const asking = selected === 1 ? '1 asks for lbex' : `${selected} ask for lbex`
  return `${who}: ${services}, ${asking}, ${parts.filter(Boolean).join(', ')}`
}
