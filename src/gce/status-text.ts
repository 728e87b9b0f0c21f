/** What `lbex gce status` shows of a group. */
import {isHealthyHost, type GroupError, type GroupState, type InstanceState} from './group-state.js'

const NEWEST_ERRORS = 5

export function statusText(state: GroupState, errors: readonly GroupError[]): string {
  const lines = [
    `group       ${state.group}: ${state.stable ? 'stable' : 'not stable'}, ${healthy(state)}`,
    `autoscaler  ${autoscaler(state)}`,
    `template    ${state.template}${outdated(state)}`,
    '',
    ...table(state),
    ...(errors.length === 0 ? [] : ['', 'recent errors']),
    ...errors.slice(0, NEWEST_ERRORS).map(({at, host, message}) => `  ${at} ${host} ${message}`),
  ]
  return `${lines.join('\n')}\n`
}

function healthy({hosts, targetSize}: GroupState): string {
  return `${hosts.filter(isHealthyHost).length} of ${targetSize} hosts healthy`
}

function autoscaler({autoscaler: scaler}: GroupState): string {
  if (!scaler) return 'none'
  return `${scaler.min} to ${scaler.max} hosts at ${Math.round(scaler.cpu * 100)} % CPU${scaler.mode === 'ON' ? '' : `, mode ${scaler.mode}`}`
}

function outdated({hosts, template}: GroupState): string {
  const old = hosts.filter((host) => host.template !== template).length
  return old === 0 ? '' : ` (${old} of ${hosts.length} hosts use an older one)`
}

function table({hosts}: GroupState): string[] {
  if (hosts.length === 0) return ['no hosts']
  const rows = [['HOST', 'ZONE', 'STATUS', 'HEALTH', 'ACTION', 'TEMPLATE'], ...hosts.map(rowOf)]
  const widths = (rows[0] as string[]).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] as string).length)),
  )
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join('  ')
      .trimEnd(),
  )
  const errors = hosts.flatMap(({name, errors}) => errors.map((error) => `${name}: ${error}`))
  return [...lines, ...errors]
}

function rowOf({name, zone, status, health, action, template}: InstanceState): string[] {
  return [name, zone, status, health, action, template]
}
