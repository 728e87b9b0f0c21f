/** What `lbex run` does once its parts are there: one reconcile, or reconciles until it is told to stop. */
import type {DaemonFlags} from '../flags/daemon.js'
import type {ServingFlags} from '../flags/serving.js'
import {DiagnosticsLog} from '../../controller/diagnostics-log.js'
import {healthChecks, type HealthChecks} from '../../controller/health-checks.js'
import {startHealthServer, type HealthServer} from '../../controller/health-server.js'
import {DEFAULT_LOOP_OPTIONS, runLoop, type FinishedReconcile} from '../../controller/loop.js'
import type {CurrentState, Metrics} from '../../controller/metrics/metrics.js'
import {reconcileOnce, type ReconcileDeps} from '../../controller/reconcile.js'
import {describeStaleness, stalenessOf} from '../../controller/staleness.js'
import {newStatus, type DaemonStatus} from '../../controller/status.js'
import {throttle} from '../../controller/throttle.js'
import {Failure} from '../../diagnostics/failure.js'
import {diagnosticsExitCode} from '../../report/diagnostics-text.js'
import {EXIT} from '../../report/report.js'
import type {Clock} from '../../util/clock.js'
import {withLogFields} from '../../util/log-context.js'
import type {Loggers} from '../../util/logger.js'
import type {SnapshotSource} from '../../sources/snapshot-source.js'
import {nameHolder} from './health-holder.js'
import type {WaitFor} from './last-resort.js'

/** Milliseconds in which the metrics are rendered once at most, however many clients ask for them. */
const SCRAPE_PERIOD = 1000

export type ServeFlags = DaemonFlags & ServingFlags

type ServeDeps = Omit<ReconcileDeps, 'log'> & {
  readonly logs: Loggers
  readonly source: SnapshotSource
  readonly clock: Clock
  /** Registers a listener for requests of the operator to reconcile now. */
  readonly onRetryNow?: (listener: () => void) => void
  /** Absent where nobody can ask for them. */
  readonly metrics?: Metrics | undefined
  /** Remembers what lbex waits for. */
  readonly waitFor?: WaitFor
}

/** Milliseconds that the end may take beyond the waits that flags ask for. */
const GRACE = 15_000

/** The longest that lbex may take from the signal to its end, milliseconds. */
export function stopBudget(flags: ServeFlags): number {
  const drains = onStop(flags) === 'drain'
  return GRACE + (drains ? flags['pre-stop-delay'] + flags['shutdown-timeout'] : 0)
}

/**
 * Serves until `stopping` aborts, then ends NGINX or leaves it as --on-stop says. Resolves to the exit code. Rejects with
 * a Failure; NGINX then goes on serving what it served, and the next lbex adopts it.
 */
export async function serve(deps: ServeDeps, flags: ServeFlags, stopping: AbortSignal): Promise<number> {
  try {
    return flags.once ? await applyOnce(deps, flags, stopping) : await follow(deps, flags, stopping)
  } catch (error) {
    await deps.nginx.stop('leave', 0).catch(() => {})
    throw error
  }
}

async function applyOnce(deps: ServeDeps, flags: ServeFlags, stopping: AbortSignal): Promise<number> {
  const {waitFor = justAwait} = deps
  const applying = withLogFields({reconcile: 1}, async () => {
    const log = deps.logs.controller
    const outcome = await reconcileOnce({...deps, log}, stopping)
    new DiagnosticsLog(log).update(outcome.diagnostics)
    return outcome
  })
  const {diagnostics} = await waitFor('the configuration to be applied', applying).catch((error: unknown) => {
    throw stopping.aborted ? stopped(error) : error
  })
  await end(deps, flags)
  return diagnosticsExitCode(diagnostics)
}

const justAwait: WaitFor = (_, work) => work

function stopped(cause: unknown): Failure {
  return new Failure('stopped before the configuration was applied', {code: 'stopped', cause})
}

async function follow(deps: ServeDeps, flags: ServeFlags, stopping: AbortSignal): Promise<number> {
  const {waitFor = justAwait} = deps
  const status = newStatus()
  const health = await answerHealth(deps, flags, status)
  try {
    const options = {...DEFAULT_LOOP_OPTIONS, reloadInterval: flags['reload-interval']}
    const onReconciled = (finished: FinishedReconcile): void => deps.metrics?.countReconcile(finished)
    const ending = afterNotice(deps.clock, flags, status, stopping)
    await waitFor(
      'the loop',
      runLoop({...deps, log: deps.logs.controller, status, onReconciled}, options, ending),
    )
    await end(deps, flags)
    return EXIT.fine
  } finally {
    if (health) await waitFor('the health server', health.close())
  }
}

async function end({nginx, logs, waitFor = justAwait}: ServeDeps, flags: ServeFlags): Promise<void> {
  const how = onStop(flags)
  await waitFor(how === 'drain' ? 'NGINX to end' : 'NGINX', nginx.stop(how, flags['shutdown-timeout']))
  logs.process.info('lbex ends', {nginx: how === 'drain' ? 'has ended' : 'goes on serving'})
}

function onStop(flags: ServeFlags): 'drain' | 'leave' {
  return flags['on-stop'] ?? (flags.once ? 'leave' : 'drain')
}

async function answerHealth(
  deps: ServeDeps,
  flags: ServeFlags,
  status: DaemonStatus,
): Promise<HealthServer | undefined> {
  if (!flags['health-check']) return undefined
  const address = flags['health-address']
  const {metrics} = deps
  const health = await startHealthServer({
    port: flags['health-port'],
    ...(address !== undefined && {address}),
    checks: () => check(deps, flags, status),
    metrics:
      metrics &&
      throttle(
        SCRAPE_PERIOD,
        () => deps.clock.monotonic(),
        () => metrics.page(currentState(deps, flags, status)),
      ),
  }).catch(async (error: unknown) => {
    throw await nameHolder(error, {port: flags['health-port'], address}, deps.nginx)
  })
  deps.logs.health.info('answering health checks', {port: health.port})
  return health
}

function check({source, nginx, clock}: ServeDeps, flags: ServeFlags, status: DaemonStatus): HealthChecks {
  const staleness = describeStaleness(stalenessOf(source.freshness(), flags['stale-after']))
  return healthChecks(status, nginx.status(), clock.monotonic(), staleness)
}

function currentState({source, nginx}: ServeDeps, flags: ServeFlags, status: DaemonStatus): CurrentState {
  const freshness = source.freshness()
  return {
    ...{status, freshness},
    staleness: stalenessOf(freshness, flags['stale-after']),
    capabilities: nginx.capabilities,
    nginx: nginx.status(),
    leftOut: nginx.leftOut(),
    workers: nginx.workers(),
    reloadPressure: nginx.reloadPressure(),
  }
}

/** Aborts after `stopping`, once whoever asks /readyz had the time of --pre-stop-delay to look elsewhere. */
function afterNotice(
  clock: Clock,
  flags: ServeFlags,
  status: DaemonStatus,
  stopping: AbortSignal,
): AbortSignal {
  const ending = new AbortController()
  const stop = async (): Promise<void> => {
    status.stopping = true
    if (onStop(flags) === 'drain') await clock.delay(flags['pre-stop-delay'])
    ending.abort()
  }
  if (stopping.aborted) void stop()
  else stopping.addEventListener('abort', () => void stop(), {once: true})
  return ending.signal
}
