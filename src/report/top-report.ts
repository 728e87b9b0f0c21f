/** The output of `lbex top`: a line for each listen port of each Service, those with the most traffic first. */
import type {LbexState} from '../core/state/lbex-state.js'
import type {PortTraffic} from '../core/state/traffic-state.js'
import {EXIT, type CommandReport} from './report.js'
import {columnWidths, rowText} from './table.js'

export const TOP_KEYS = ['connections', 'active', 'in', 'out', 'name'] as const

export type TopKey = (typeof TOP_KEYS)[number]

export type TopStyle = {
  readonly sortBy: TopKey
  /** Lines and columns of the terminal that the table must fit into; absent: the table has all lines. */
  readonly screen?: {readonly rows: number; readonly columns: number}
}

type TopRow = PortTraffic & {readonly namespace: string; readonly name: string}

const COLUMNS: readonly {readonly title: string; readonly cell: (row: TopRow) => string}[] = [
  {title: 'NAMESPACE', cell: ({namespace}) => namespace},
  {title: 'NAME', cell: ({name}) => name},
  {title: 'PORT', cell: ({port, protocol}) => `${port}/${protocol}`},
  {title: 'CONNECTIONS/s', cell: ({connectionsPerSecond}) => rate(connectionsPerSecond)},
  // Several Services may share a listener: the kernel does not know whose connections they are.
  {title: 'ACTIVE', cell: ({connections}) => (connections === undefined ? '?' : `${connections}`)},
  {title: 'IN/s', cell: ({receivedPerSecond}) => bytes(receivedPerSecond)},
  {title: 'OUT/s', cell: ({sentPerSecond}) => bytes(sentPerSecond)},
]

const VALUES: Record<Exclude<TopKey, 'name'>, (row: TopRow) => number | undefined> = {
  connections: ({connectionsPerSecond}) => connectionsPerSecond,
  active: ({connections}) => connections,
  in: ({receivedPerSecond}) => receivedPerSecond,
  out: ({sentPerSecond}) => sentPerSecond,
}

/** The lines of the table below those that the titles, the number of hidden lines and the remark need. */
const OTHER_LINES = 4

/** The table on stdout, remarks on stderr. `state` has the traffic. */
export function topText(state: LbexState, {sortBy, screen}: TopStyle): CommandReport {
  const rows = topRows(state, sortBy)
  const shown = screen ? rows.slice(0, Math.max(1, screen.rows - OTHER_LINES)) : rows
  const lines = [...tableOf(shown), ...hiddenText(rows.length - shown.length)]
  const output = lines.map((line) => `${screen ? line.slice(0, screen.columns) : line}\n`).join('')
  return {output, notes: remarkOf(state, rows.length), exitCode: EXIT.fine}
}

/** The rows as one JSON object, in the same order. */
export function topJson(state: LbexState, {sortBy}: Pick<TopStyle, 'sortBy'>): CommandReport {
  const {version, at, traffic} = state
  const value = {version, at, ...traffic, ports: topRows(state, sortBy)}
  return {
    ...{output: `${JSON.stringify(value, undefined, 2)}\n`, notes: '', exitCode: EXIT.fine},
    medium: 'json',
  }
}

/** The Services of `state` are sorted by name, so rows with equal values stay in that order. Rows without the value are last. */
function topRows({services}: Pick<LbexState, 'services'>, sortBy: TopKey): TopRow[] {
  const rows = services.flatMap(({namespace, name, traffic = []}) =>
    traffic.map((port): TopRow => ({namespace, name, ...port})),
  )
  if (sortBy === 'name') return rows
  const value = VALUES[sortBy]
  return rows.sort((a, b) => (value(b) ?? -1) - (value(a) ?? -1))
}

function tableOf(rows: readonly TopRow[]): string[] {
  if (rows.length === 0) return []
  const table = [COLUMNS.map(({title}) => title), ...rows.map((row) => COLUMNS.map(({cell}) => cell(row)))]
  const widths = columnWidths(table)
  return table.map((cells) => rowText(cells, widths))
}

function hiddenText(count: number): string[] {
  return count > 0 ? [`${count} more: use a larger terminal, --once or -n`] : []
}

function remarkOf({traffic}: LbexState, rows: number): string {
  if (rows === 0) return 'no port of these Services is served\n'
  if (!traffic || traffic.samplingRatio >= 1) return ''
  return 'warning: the rates are estimates: there are too many connections to count each\n'
}

/** `-`: there are no two samples yet. */
function rate(perSecond: number | undefined): string {
  if (perSecond === undefined) return '-'
  if (perSecond > 0 && perSecond < 0.1) return '<0.1'
  return perSecond > 0 && perSecond < 10 ? perSecond.toFixed(1) : `${Math.round(perSecond)}`
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** `812 B`, `1.5 MiB` */
function bytes(perSecond: number | undefined): string {
  if (perSecond === undefined) return '-'
  let value = perSecond
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`
}
