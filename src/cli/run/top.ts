/** `lbex top`: which Services have the most traffic now, from the lbex that runs on this host. */
import {setTimeout as delay} from 'node:timers/promises'
import type {LbexState} from '../../core/state/lbex-state.js'
import type {ServiceState} from '../../core/state/service-state.js'
import {Failure} from '../../diagnostics/failure.js'
import type {CommandReport} from '../../report/report.js'
import {topJson, topText, type TopStyle} from '../../report/top-report.js'
import type {LabelSelector} from '../../util/label-selector.js'
import type {TopFlags} from '../flags/top.js'
import {selectorOf} from '../values.js'
import {askState} from './ask-lbex.js'
import {nginxDirectory} from './nginx-directory.js'

/** Milliseconds between two tables on a terminal: lbex takes a sample each second at most. */
const PERIOD = 2000

export type TopOptions = {
  /** The terminal to fill; undefined if standard output is not one: then there is one report. */
  readonly terminal: Pick<NodeJS.WriteStream, 'rows' | 'columns'> | undefined
  /** Ends the reports. */
  readonly stopping: AbortSignal
}

/** One report, or on a terminal one every two seconds until `stopping` aborts. Rejects with a Failure. */
export async function* top(
  flags: TopFlags,
  notices: readonly string[],
  {terminal, stopping}: TopOptions,
): AsyncGenerator<CommandReport> {
  const repeats = terminal !== undefined && !flags.once && flags.output === undefined
  const warnings = notices.map((notice) => `warning: ${notice}\n`).join('')
  do {
    const state = await askTraffic(flags)
    const report = reportOf(state, flags, repeats ? {screen: terminal} : {})
    yield {...report, notes: warnings + report.notes, clears: repeats}
  } while (repeats && (await pause(stopping)))
}

function reportOf(state: LbexState, flags: TopFlags, style: Omit<TopStyle, 'sortBy'>): CommandReport {
  const sortBy = flags['sort-by']
  return flags.output === 'json' ? topJson(state, {sortBy}) : topText(state, {sortBy, ...style})
}

async function askTraffic({namespace = [], selector, 'nginx-dir': flag}: TopFlags): Promise<LbexState> {
  const directory = nginxDirectory(flag)
  const state = await askState(directory, {namespaces: namespace, selector})
  if (!state.traffic)
    throw new Failure(`the lbex that serves from ${directory} does not count the traffic`, {
      code: 'traffic-not-counted',
      hint: 'add --traffic-metrics to the flags of lbex run (or set LBEX_TRAFFIC_METRICS=true), and restart it',
    })
  return {...state, services: select(state.services, namespace, selectorOf(selector))}
}

/** The state may have more Services than were asked for. */
function select(
  services: readonly ServiceState[],
  namespaces: readonly string[],
  selects: LabelSelector,
): ServiceState[] {
  return services.filter(
    ({namespace, labels}) => (namespaces.length === 0 || namespaces.includes(namespace)) && selects(labels),
  )
}

/** False if `stopping` aborts. */
async function pause(stopping: AbortSignal): Promise<boolean> {
  await delay(PERIOD, undefined, {signal: stopping}).catch(() => {})
  return !stopping.aborted
}
