/** `lbex status`: what the lbex of this host serves now, or what it would serve from a cluster or from files. */
import {setTimeout as delay} from 'node:timers/promises'
import {STATE_VERSION, type LbexState} from '../../core/state/lbex-state.js'
import {serviceStates} from '../../core/state/service-states.js'
import {UNKNOWN_HOST_STATE} from '../../core/model/host-state.js'
import {hasName} from '../../core/intent/select.js'
import type {CommandReport} from '../../report/report.js'
import {statusText, statusValue} from '../../report/status-report.js'
import {StatusChanges} from '../../report/status-changes.js'
import type {StatusFlags} from '../flags/status.js'
import {UsageError} from '../usage-error.js'
import {selectorOf, serviceName} from '../values.js'
import {askState} from './ask-lbex.js'
import {nginxDirectory} from './nginx-directory.js'
import {translateOnce, type TranslateOnceFlags} from './translate-once.js'
import {unmatchedNames} from './unmatched.js'

export type StatusCommandFlags = TranslateOnceFlags & StatusFlags

/** Milliseconds between two looks at the state. */
const WATCH_PERIOD = 1000

export type StatusOptions = {
  /** False if a cluster or files are named on the command line: then no running lbex is asked. */
  readonly asks: boolean
  /** Ends --watch. */
  readonly stopping: AbortSignal
}

/**
 * One report; with --watch, one for each change until `stopping` aborts. `words`: NAME or NAMESPACE/NAME of the Services to show.
 * Rejects with a UsageError or a Failure.
 */
export async function* status(
  flags: StatusCommandFlags,
  words: readonly string[],
  notices: readonly string[],
  {asks, stopping}: StatusOptions,
): AsyncGenerator<CommandReport> {
  const names = words.map(serviceName)
  refuseCombinations(flags, asks)
  const read = asks ? () => readRunning(flags, names) : () => readWanted(flags)
  const {state, remarks} = await read()
  const lines = [...notices.map((notice) => `warning: ${notice}`), ...remarks]
  const warned = lines.map((line) => `${line}\n`).join('')
  const report = await reportOf(select(state, flags, names), flags)
  yield {...report, notes: warned + report.notes}
  if (!flags.watch) return
  const changes = new StatusChanges(select(state, flags, names), {wide: flags.output === 'wide'})
  while (await pause(stopping)) {
    const output = changes.update(selectExisting(await askNamed(flags, names), flags, names))
    if (output !== '') yield {output, notes: '', exitCode: report.exitCode}
  }
}

type Read = {readonly state: LbexState; readonly remarks: readonly string[]}

function refuseCombinations(flags: StatusCommandFlags, asks: boolean): void {
  if (!flags.watch) return
  if (flags.output === 'json' || flags.output === 'yaml')
    throw new UsageError(`--watch cannot be used with --output ${flags.output}`, 'remove one of them')
  if (!asks)
    throw new UsageError(
      '--watch shows a running lbex, not a cluster or files',
      'remove --watch, -f and --kubeconfig',
    )
}

/** False if `stopping` aborts. */
async function pause(stopping: AbortSignal): Promise<boolean> {
  await delay(WATCH_PERIOD, undefined, {signal: stopping}).catch(() => {})
  return !stopping.aborted
}

/** If a name matches none, all Services are read: the error message suggests a similar name. */
async function readRunning(flags: StatusCommandFlags, names: readonly string[]): Promise<Read> {
  const state = await askNamed(flags, names)
  const areKnown = names.every((name) => state.services.some((service) => hasName(service, name)))
  return {state: areKnown ? state : await askState(nginxDirectory(flags['nginx-dir'])), remarks: []}
}

function askNamed(
  {namespace = [], selector, 'nginx-dir': directory}: StatusCommandFlags,
  names: readonly string[],
): Promise<LbexState> {
  return askState(nginxDirectory(directory), {names, namespaces: namespace, selector})
}

async function readWanted(flags: StatusCommandFlags): Promise<Read> {
  const {snapshot, services: translated, diagnostics, remarks} = await translateOnce(flags)
  const states = serviceStates({
    ...{read: snapshot.services.length, translated, diagnostics},
    ...{rejected: [], failedChecks: UNKNOWN_HOST_STATE.failedChecks, since: () => undefined},
  })
  return {state: {version: STATE_VERSION, at: new Date().toISOString(), ...states}, remarks}
}

/** The Services of these names and of --namespace. Throws a UsageError if a name matches none. */
function select(state: LbexState, flags: StatusCommandFlags, names: readonly string[]): LbexState {
  const known = {
    services: state.services.map(({namespace, name}) => ({ref: {kind: 'Service', namespace, name}})),
  }
  for (const name of names) {
    const [problem] = unmatchedNames(known, {'service-name': name})
    if (problem !== undefined)
      throw new UsageError(
        `lbex does not serve it: ${problem}`,
        `lbex explain ${name} says whether the Service asks for lbex`,
      )
  }
  return selectExisting(state, flags, names)
}

function selectExisting(
  state: LbexState,
  {namespace = [], 'exclude-namespace': excluded = [], selector}: StatusCommandFlags,
  names: readonly string[],
): LbexState {
  const selects = selectorOf(selector)
  const services = state.services.filter((service) => {
    if (!selects(service.labels)) return false
    if (namespace.length > 0 && !namespace.includes(service.namespace)) return false
    if (excluded.includes(service.namespace)) return false
    return names.length === 0 || names.some((name) => hasName(service, name))
  })
  return {...state, services}
}

async function reportOf(state: LbexState, {output}: StatusCommandFlags): Promise<CommandReport> {
  if (output === 'json') return statusValue(state, (value) => `${JSON.stringify(value, undefined, 2)}\n`)
  if (output !== 'yaml') return statusText(state, {wide: output === 'wide'})
  const {yamlText} = await import('../../sources/manifests/yaml-text.js')
  return statusValue(state, yamlText)
}
