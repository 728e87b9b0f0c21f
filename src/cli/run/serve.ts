/** Runs one reconcile (`lbex run --once`), or the reconcile loop with the health server until lbex is stopped. */
import {once} from 'node:events'
import type {DaemonFlags} from '../flags/daemon.js'
import type {ServingFlags} from '../flags/serving.js'
import type {Drainer} from '../../controller/drain/drainer.js'
import {DiagnosticsLog} from '../../controller/diagnostics-log.js'
import {DEFAULT_LOOP_OPTIONS, runLoop} from '../../controller/loop.js'
import {LoopRecord} from '../../controller/loop-record.js'
import type {CurrentState} from '../../controller/metrics/metrics.js'
import {reconcileOnce, type ReconcileDeps} from '../../controller/reconcile.js'
import {describeStaleness, stalenessOf} from '../../controller/staleness.js'
import {newStatus, type DaemonStatus} from '../../controller/status.js'
import {Failure} from '../../diagnostics/failure.js'
import {UNKNOWN_HOST_STATE} from '../../core/model/host-state.js'
import {diagnosticsExitCode} from '../../report/diagnostics-text.js'
import {EXIT} from '../../report/report.js'
import type {Health} from '../../health/health.js'
import type {Clock} from '../../util/clock.js'
import {withLogFields} from '../../util/log-context.js'
import type {Loggers} from '../../util/logger.js'
import type {SnapshotSource} from '../../sources/snapshot-source.js'
import type {AddressMemory} from './address-memory.js'
import {debugView} from './debug-state.js'
import type {LastGoodSecrets} from './last-good-secrets.js'
import {metricsPage} from './metrics-page.js'
import type {Publishing} from './publishing.js'
import {reportServed} from './report-served.js'
import type {Moment, RunState} from './run-state.js'
import {checkHealth, openHttp, type HttpDeps} from './serve-http.js'
import {startNotifier, type ServiceCondition, type Supervisor} from './service-notifier.js'
import {serviceText} from './service-text.js'
import type {WaitFor} from './stop-deadline.js'

/** Milliseconds that --once waits for the status to be published: the Lease of a killed leader expires after 15 s. */
const TO_PUBLISH = 20_000

export type ServeFlags = DaemonFlags & ServingFlags

/** The part of Publishing that serve() uses. */
export type ServePublishing = Pick<
  Publishing,
  'start' | 'update' | 'announce' | 'moment' | 'details' | 'flush' | 'stop'
>

/** The part of Health that serve() uses. */
type ServeHealth = Pick<Health, 'watch' | 'onChange' | 'counts' | 'failedChecks' | 'stop'>

/** The part of LastGoodSecrets that serve() uses. */
type ServeSecrets = Pick<LastGoodSecrets, 'note'>

type ServeDeps = Omit<ReconcileDeps, 'log'> &
  HttpDeps & {
    readonly logs: Loggers
    readonly source: SnapshotSource
    readonly clock: Clock
    /** Registers a listener for requests of the operator to reconcile now. */
    readonly onRetryNow?: (listener: () => void) => void
    /** Absent if nothing is published. */
    readonly publishing?: ServePublishing | undefined
    /** Absent without --address-pool. */
    readonly addresses?: Pick<AddressMemory, 'note' | 'onChange'> | undefined
    /** Absent with --once. */
    readonly health?: ServeHealth | undefined
    /** Absent with --once, and if this host does not let lbex end connections. */
    readonly drainer?: Pick<Drainer, 'update' | 'stop'> | undefined
    /** Answers lbex status. Absent with --once. */
    readonly state?: Pick<RunState, 'counts' | 'open' | 'view' | 'update' | 'close'> | undefined
    /** Absent if systemd does not supervise this lbex. */
    readonly supervisor?: Supervisor | undefined
    /** Absent if no certificate is kept. */
    readonly secrets?: ServeSecrets | undefined
    /** Records what lbex is waiting for, for the log message of StopDeadline. */
    readonly waitFor?: WaitFor
  }

/** Milliseconds that stopping may take in addition to the delays that flags set. */
const GRACE = 15_000

/** Milliseconds that lbex may take from the signal to its exit. */
export function stopBudget(flags: ServeFlags): number {
  const drains = onStop(flags) === 'drain'
  return GRACE + (drains ? flags['pre-stop-delay'] + flags['shutdown-timeout'] : 0)
}

/**
 * Serves until `stopping` aborts, then drains NGINX or leaves it running, as --on-stop says. Resolves to the exit code. If it
 * rejects (with a Failure), NGINX keeps serving and the next lbex adopts it.
 */
export async function serve(deps: ServeDeps, flags: ServeFlags, stopping: AbortSignal): Promise<number> {
  try {
    return flags.once ? await applyOnce(deps, flags, stopping) : await runUntilStopped(deps, flags, stopping)
  } catch (error) {
    await deps.nginx.stop('leave', 0).catch(() => {})
    await deps.publishing?.stop('leave')
    throw error
  }
}

async function applyOnce(deps: ServeDeps, flags: ServeFlags, stopping: AbortSignal): Promise<number> {
  const {waitFor = awaitOnly, publishing} = deps
  const applying = withLogFields({reconcile: 1}, async () => {
    const log = deps.logs.controller
    const applied = await reconcileOnce({...deps, log}, stopping)
    new DiagnosticsLog(log).update(applied.diagnostics)
    return applied
  })
  const outcome = await waitFor('the configuration to be applied', applying).catch((error: unknown) => {
    throw stopping.aborted ? stopped(error) : error
  })
  publishing?.start(() => true)
  publishing?.update(outcome)
  if (publishing) await waitFor('the status to be published', flushOnce(publishing, deps, stopping))
  await end(deps, flags)
  return diagnosticsExitCode(outcome.diagnostics)
}

async function flushOnce(
  publishing: ServePublishing,
  {logs}: Pick<ServeDeps, 'logs'>,
  stopping: AbortSignal,
): Promise<void> {
  if (stopping.aborted) return
  const result = await Promise.race([publishing.flush(TO_PUBLISH), once(stopping, 'abort')])
  if (result !== false) return
  logs.api.warn('the status of Services was not written in time', {
    limit: TO_PUBLISH,
    hint: 'another lbex of the group may be its leader and write it; else the log says what failed',
  })
}

const awaitOnly: WaitFor = (_, work) => work

function stopped(cause: unknown): Failure {
  return new Failure('stopped before the configuration was applied', {code: 'stopped', cause})
}

async function runUntilStopped(deps: ServeDeps, flags: ServeFlags, stopping: AbortSignal): Promise<number> {
  const {waitFor = awaitOnly} = deps
  const status = newStatus()
  const record = new LoopRecord(deps.clock)
  const metrics = metricsPage(deps, () => currentState(deps, flags, status))
  const debug = debugView(deps, record)
  const view = deps.state?.view(() => momentOf(deps, flags, status), {debug, metrics})
  const http = await openHttp(deps, flags, {status, metrics, view})
  const over = new AbortController()
  try {
    if (view) await deps.state?.open(view)
    const log = deps.logs.controller
    const options = {...DEFAULT_LOOP_OPTIONS, reloadInterval: flags['reload-interval']}
    deps.publishing?.start(() => isReady(deps, flags, status))
    const onHostChange = (listener: () => void): void =>
      [deps.health, deps.addresses].forEach((part) => part?.onChange(listener))
    const ending = afterPreStopDelay(deps, flags, status, stopping)
    const notifier = startNotifier(deps, stopping, () => conditionOf(deps, flags, status), over.signal)
    await waitFor(
      'the loop',
      runLoop(
        {...deps, log, status, record, onHostChange, ...reportServed({...deps, notifier})},
        options,
        ending,
      ),
    )
    await end(deps, flags)
    return EXIT.fine
  } finally {
    over.abort()
    if (deps.state) await waitFor('the state socket', deps.state.close())
    if (deps.health) await waitFor('the health checks of servers', deps.health.stop())
    if (deps.drainer) await waitFor('the end of drained connections', deps.drainer.stop())
    await http.close(waitFor)
    if (deps.traffic) await waitFor('the access log', deps.traffic.close())
  }
}

/** What systemd should know. */
function conditionOf(deps: ServeDeps, flags: ServeFlags, status: DaemonStatus): ServiceCondition {
  const staleness = describeStaleness(stalenessOf(deps.source.freshness(), flags['stale-after']))
  const facts = {status, staleness, nginxServes: deps.nginx.status().serving, counts: deps.state?.counts}
  return {
    ready: isReady(deps, flags, status),
    alive: checkHealth(deps, flags, status).live.every(({problem}) => problem === undefined),
    text: serviceText({...facts, onStop: onStop(flags)}),
  }
}

/** True while clients may connect to this host. */
function isReady({nginx}: ServeDeps, flags: ServeFlags, {synced, resumed, stopping}: DaemonStatus): boolean {
  return (synced || resumed) && nginx.status().serving && !(stopping && onStop(flags) === 'drain')
}

async function end(deps: ServeDeps, flags: ServeFlags): Promise<void> {
  const {nginx, logs, publishing, waitFor = awaitOnly} = deps
  const how = onStop(flags)
  await waitFor(how === 'drain' ? 'NGINX to stop' : 'NGINX', nginx.stop(how, flags['shutdown-timeout']))
  if (publishing) await waitFor('the last writes to the API server', publishing.stop(how))
  logs.process.info('lbex stopped', {nginx: how === 'drain' ? 'stopped' : 'keeps serving'})
}

function onStop(flags: ServeFlags): 'drain' | 'leave' {
  return flags['on-stop'] ?? (flags.once ? 'leave' : 'drain')
}

function momentOf(deps: ServeDeps, flags: ServeFlags, status: DaemonStatus): Moment {
  const failedChecks = deps.health?.failedChecks() ?? UNKNOWN_HOST_STATE.failedChecks
  return {...currentState(deps, flags, status), status, failedChecks}
}

function currentState(
  {source, nginx, health, publishing}: ServeDeps,
  flags: ServeFlags,
  status: DaemonStatus,
): CurrentState {
  const freshness = source.freshness()
  return {
    ...{status, freshness},
    staleness: stalenessOf(freshness, flags['stale-after']),
    capabilities: nginx.capabilities,
    nginx: nginx.status(),
    leftOut: nginx.leftOut(),
    live: nginx.live(),
    workers: nginx.workers(),
    reloadPressure: nginx.reloadPressure(),
    health: health?.counts(),
    publishing: publishing?.moment(),
  }
}

/** Aborts --pre-stop-delay after `stopping`: until then clients of /readyz can notice and move their traffic. */
function afterPreStopDelay(
  {clock, publishing}: Pick<ServeDeps, 'clock' | 'publishing'>,
  flags: ServeFlags,
  status: DaemonStatus,
  stopping: AbortSignal,
): AbortSignal {
  const ending = new AbortController()
  const stop = async (): Promise<void> => {
    status.stopping = true
    publishing?.announce()
    if (onStop(flags) === 'drain') await clock.delay(flags['pre-stop-delay'])
    ending.abort()
  }
  if (stopping.aborted) void stop()
  else stopping.addEventListener('abort', () => void stop(), {once: true})
  return ending.signal
}
