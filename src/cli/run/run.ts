/** `lbex run`: creates source, translator and data plane, and serves. */
import {accessNotices} from '../flags/access.js'
import type {LogFlags} from '../flags/log.js'
import type {NginxFlags} from '../flags/nginx.js'
import type {SelectionFlags} from '../flags/selection.js'
import type {TrafficFlags, TrafficOutputFlags} from '../flags/traffic.js'
import type {UiFlags} from '../flags/ui.js'
import type {Metrics} from '../../controller/metrics/metrics.js'
import type {Unavailable} from '../../controller/reconcile.js'
import {logNginxEvent} from '../../controller/nginx-event-log.js'
import {hostLimits} from '../../dataplane/nginx/host/host-limits.js'
import {openNginx} from '../../dataplane/nginx/nginx.js'
import type {NginxOptions} from '../../dataplane/nginx/runtime/nginx-options.js'
import type {DataPlane, NginxEvent} from '../../dataplane/data-plane.js'
import {ChangeHistory} from '../../observe/change-history.js'
import type {StateView} from '../../observe/state/state-api.js'
import type {CommandReport} from '../../report/report.js'
import {systemClock} from '../../util/clock.js'
import {runInSlices} from '../../util/time-slices.js'
import type {Logger, Loggers} from '../../util/logger.js'
import type {ClusterSnapshot} from '../../core/cluster/snapshot.js'
import {secretReader} from '../../core/intent/named-secrets.js'
import {createTranslator} from '../../core/translate/translator.js'
import {createConfigWriter} from '../../dataplane/nginx/config/render.js'
import {openAddressMemory} from './address-memory.js'
import {discoverOptions} from './host.js'
import {openDrainer} from './open-drainer.js'
import {openHostState} from './host-state.js'
import {StopDeadline, type WaitFor} from './stop-deadline.js'
import {openLog} from './log.js'
import {notifyDescriptor, notifyThrough, watchdogTimeout} from './notify-socket.js'
import {openPublishing, type PublishingFlags} from './open-publishing.js'
import {openTraffic, refuseTrafficContradictions} from './open-traffic.js'
import {openUi, refuseUiContradictions} from './open-ui.js'
import {nginxDirectory} from './nginx-directory.js'
import {intentOptions, refuseContradictions, renderOptions, translatorOptions} from './options.js'
import {packageVersion, readTemplates} from './package.js'
import type {RunState, RunStateOptions} from './run-state.js'
import {serve, stopBudget, type ServeFlags} from './serve.js'
import type {Supervisor} from './service-notifier.js'
import {handleSignals, type Signals} from './signals.js'
import {openSourceAndCluster, type OpenedSource, type SourceFlags} from './source.js'
import {translateInSteps} from './translate.js'

export type RunFlags = SourceFlags &
  ServeFlags &
  SelectionFlags &
  PublishingFlags &
  NginxFlags &
  TrafficFlags &
  TrafficOutputFlags &
  UiFlags &
  LogFlags

/** `notices` are sentences about the command line, for the log. Rejects with a UsageError or a Failure. */
export async function run(flags: RunFlags, notices: readonly string[]): Promise<CommandReport> {
  refuseContradictions(flags)
  refuseTrafficContradictions(flags)
  refuseUiContradictions(flags)
  const logs = openLog(flags, [...notices, ...accessNotices(flags)])
  const signals = handleSignals(logs.process)
  const {stopping} = signals
  const deadline = new StopDeadline({
    log: logs.process,
    clock: systemClock,
    budget: stopBudget(flags),
    stopping,
  })
  const {waitFor} = deadline
  try {
    const secretsOf = secretReader(intentOptions(flags))
    const readsAddresses = flags['address-pool'] !== undefined
    const source = {coverage: 'complete', log: logs.api, signal: stopping, secretsOf, readsAddresses} as const
    const opening = openSourceAndCluster(flags, source)
    const opened = await waitFor('the credentials', opening)
    const exitCode = await runWith(flags, opened, logs, {...signals, waitFor}).finally(() =>
      waitFor('requests to the API server', opened.source.close()),
    )
    return {output: '', notes: '', exitCode}
  } finally {
    deadline.release()
    signals.release()
  }
}

async function runWith(
  flags: RunFlags,
  {source, cluster}: OpenedSource,
  logs: Loggers,
  {stopping, onRetryNow, waitFor}: Signals & {readonly waitFor: WaitFor},
): Promise<number> {
  const clock = systemClock
  const directory = nginxDirectory(flags['nginx-dir'])
  const [limits, templates, metrics] = await Promise.all([hostLimits(), readTemplates(), openMetrics(flags)])
  const history = new ChangeHistory()
  const observe = observer(logs.nginx, metrics, history)
  const opening = openDataPlane(flags, {directory, openFiles: limits.openFiles, clock, observe}, logs)
  const nginx = await waitFor('NGINX to be found', opening)
  logStart(logs.process, nginx, directory)
  const traffic = await openTraffic(flags, {directory, clock, log: logs.nginx})
  const host = {nginx: nginx.capabilities, limits, directory}
  const options = translatorOptions(flags, host)
  const onWrite = metrics?.noteWrite ?? (() => {})
  const place = {directory, ...options}
  const publishing = await openPublishing(flags, cluster, {clock, log: logs.api, onWrite}, place)
  const pipeline = {
    translator: createTranslator(options),
    writer: createConfigWriter(renderOptions(flags, host, templates)),
  }
  const addresses = openAddressMemory(flags, {cluster, publishing, log: logs.controller})
  const readsHost = {directory, clock, log: logs.health, live: nginx.live() !== undefined, addresses}
  const {read, health, secrets} = await openHostState(flags, readsHost)
  const translate = (snapshot: ClusterSnapshot, unavailable: Unavailable, signal: AbortSignal) =>
    runInSlices(translateInSteps(pipeline, snapshot, read(unavailable)), clock, signal)
  const described = {directory, options, clock, log: logs.controller, traffic: traffic?.now, history}
  const state = await openState(flags, described)
  const drainer = await openDrainer(flags, {directory, nginx, clock, log: logs.nginx, metrics})
  const deps = {
    ...{source, translate, nginx, logs, clock, metrics},
    ...{publishing, addresses, health, secrets, traffic, drainer, state, onRetryNow, waitFor},
    supervisor: supervisorOf(flags, logs.process),
    openUi: (view: StateView) => openUi(flags, {view, clock, log: logs.health, traffic: traffic?.now}),
  }
  return serve(deps, flags, stopping)
}

/** Undefined if systemd does not want to be notified, and with --once, because a unit of Type=oneshot is ready when lbex has ended. */
function supervisorOf({once}: RunFlags, log: Logger): Supervisor | undefined {
  const descriptor = once ? undefined : notifyDescriptor(process.env, process.pid)
  if (descriptor === undefined) return undefined
  return {
    notify: notifyThrough(descriptor, log),
    watchdog: watchdogTimeout(process.env, process.pid),
  }
}

function openDataPlane(
  flags: RunFlags,
  host: Pick<NginxOptions, 'directory' | 'openFiles' | 'clock' | 'observe'>,
  logs: Loggers,
): Promise<DataPlane> {
  return openNginx({
    ...discoverOptions(flags),
    ...host,
    unit: flags['nginx-unit'],
    log: logs.nginx,
    // With --once, no process would write changes into the configuration later.
    live: {mode: flags['live-updates'], consolidateAfter: flags.once ? 0 : flags['consolidate-after']},
  })
}

function observer(log: Logger, metrics: Metrics | undefined, history: ChangeHistory) {
  return (event: NginxEvent): void => {
    logNginxEvent(log, event)
    metrics?.observe(event)
    history.note(event, systemClock.now())
  }
}

/** Undefined without a health server, because no client can scrape them. */
async function openMetrics(flags: RunFlags): Promise<Metrics | undefined> {
  if (flags.once || !flags['health-check']) return undefined
  const {Metrics} = await import('../../controller/metrics/metrics.js')
  return new Metrics(systemClock, packageVersion())
}

/** Undefined with --once, because lbex ends before it could be asked. */
async function openState(
  flags: RunFlags,
  options: Omit<RunStateOptions, 'version'>,
): Promise<RunState | undefined> {
  if (flags.once) return undefined
  const {RunState} = await import('./run-state.js')
  return new RunState({...options, version: packageVersion()})
}

function logStart(log: Logger, nginx: DataPlane, directory: string): void {
  log.info('lbex started', {
    version: packageVersion(),
    pid: process.pid,
    nginx: nginx.capabilities.version.join('.'),
    liveUpdates: nginx.live() !== undefined,
    directory,
  })
}
