/** The lines of `lbex status --watch`: each line of the table that changed since the last look. */
import type {LbexState} from '../core/state/lbex-state.js'
import {statusRows, type StatusStyle} from './status-report.js'
import {columnWidths, rowText} from './table.js'

type Row = {
  readonly cells: readonly string[]
  /** Without connections and rate: they change all the time. */
  readonly compared: string
}

export class StatusChanges {
  private rows: ReadonlyMap<string, Row>
  private readonly widths: readonly number[]
  private readonly traffic: Pick<LbexState, 'traffic'>

  /** `state` was printed as a whole. */
  constructor(
    state: LbexState,
    private readonly style: StatusStyle,
  ) {
    this.traffic = trafficOf(state)
    this.widths = columnWidths(statusRows(state, style))
    this.rows = this.rowsOf(state)
  }

  /** Empty if nothing changed. A listener that is gone has the state `gone`. */
  update(state: LbexState): string {
    const before = this.rows
    this.rows = this.rowsOf(state)
    const changed = [...this.rows].filter(([key, row]) => before.get(key)?.compared !== row.compared)
    const gone = [...before].filter(([key]) => !this.rows.has(key)).map(([, {cells}]) => goneRow(cells))
    return [...changed.map(([, {cells}]) => cells), ...gone]
      .map((row) => `${rowText(row, this.widths)}\n`)
      .join('')
  }

  /** By namespace, name and listener. */
  private rowsOf(state: LbexState): ReadonlyMap<string, Row> {
    const {services} = state
    const [, ...shown] = statusRows({services, ...this.traffic}, this.style)
    const [, ...compared] = statusRows({services}, this.style)
    const keys = compared.map((row, index) => `${row.slice(0, 3).join(' ')} ${portOf(compared, index)}`)
    return new Map(
      shown.map((cells, index) => [keys[index] ?? '', {cells, compared: (compared[index] ?? []).join('\0')}]),
    )
  }
}

/** The columns stay as they are, whatever the next lbex counts. */
function trafficOf({traffic}: LbexState): Pick<LbexState, 'traffic'> {
  return traffic ? {traffic} : {}
}

/** Two ports of a Service may request the same listener. */
function portOf(rows: readonly (readonly string[])[], index: number): number {
  const [namespace, name, listener] = rows[index] ?? []
  let same = 0
  for (let at = index - 1; at >= 0; at -= 1) {
    const [otherNamespace, otherName, otherListener] = rows[at] ?? []
    if (otherNamespace !== namespace || otherName !== name) break
    if (otherListener === listener) same += 1
  }
  return same
}

/** The last two columns are the state and the reason. */
function goneRow(row: readonly string[]): string[] {
  return [...row.slice(0, -2), 'gone', '']
}
