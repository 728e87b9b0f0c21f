/** `lbex run`: puts source, translation and NGINX together, and serves. */
import {accessNotices} from '../cli/flags/access.js'
import type {LogFlags} from '../cli/flags/log.js'
import type {NginxFlags} from '../cli/flags/nginx.js'
import type {SelectionFlags} from '../cli/flags/selection.js'
import type {Metrics} from '../daemon/metrics/metrics.js'
import type {Held} from '../daemon/reconcile.js'
import {hostLimits} from '../nginx/host-limits.js'
import {openNginx} from '../nginx/nginx.js'
import type {NginxEdge} from '../nginx/nginx-edge.js'
import type {Report} from '../report/report.js'
import {systemClock} from '../runtime/clock.js'
import {inTurns} from '../runtime/in-turns.js'
import type {Logger} from '../runtime/logger.js'
import type {ClusterSnapshot} from '../snapshot/snapshot.js'
import type {SnapshotSource} from '../source/snapshot-source.js'
import {translateInSteps} from '../translate.js'
import {discoverOptions} from './host.js'
import {openLog} from './log.js'
import {nginxDirectory} from './nginx-directory.js'
import {refuseContradictions, translateOptions} from './options.js'
import {packageVersion, readTemplates} from './package.js'
import {serve, type ServeFlags} from './serve.js'
import {handleSignals, type Signals} from './signals.js'
import {openSource, type SourceFlags} from './source.js'

export type RunFlags = SourceFlags & ServeFlags & SelectionFlags & NginxFlags & LogFlags

/** `notices` are sentences about the command line, for the log. Rejects with a UsageError or a Failure. */
export async function run(flags: RunFlags, notices: readonly string[]): Promise<Report> {
  refuseContradictions(flags)
  const log = openLog(flags, [...notices, ...accessNotices(flags)])
  const signals = handleSignals(log)
  try {
    const source = await openSource(flags, {coverage: 'complete', log, signal: signals.stopping})
    const exitCode = await putTogether(flags, source, log, signals).finally(() => source.close())
    return {output: '', notes: '', exitCode}
  } finally {
    signals.release()
  }
}

async function putTogether(
  flags: RunFlags,
  source: SnapshotSource,
  log: Logger,
  {stopping, onLookAgain}: Signals,
): Promise<number> {
  const clock = systemClock
  const directory = nginxDirectory(flags['nginx-dir'])
  const parts = [hostLimits(), readTemplates(), openMetrics(flags)] as const
  const [limits, templates, metrics] = await Promise.all(parts)
  const nginx = await openNginx({
    ...discoverOptions(flags),
    directory,
    openFiles: limits.openFiles,
    log,
    clock,
    observe: metrics?.observe,
  })
  logStart(log, nginx, directory)
  const options = translateOptions(flags, {nginx: nginx.capabilities, limits, directory}, templates)
  const translate = (snapshot: ClusterSnapshot, held: Held, signal: AbortSignal) =>
    inTurns(translateInSteps(snapshot, {...options, held}), clock, signal)
  return serve({source, translate, nginx, log, clock, metrics, onLookAgain}, flags, stopping)
}

/** Nobody can ask for them where the health server is off. */
async function openMetrics(flags: RunFlags): Promise<Metrics | undefined> {
  if (flags.once || !flags['health-check']) return undefined
  const {Metrics} = await import('../daemon/metrics/metrics.js')
  return new Metrics(systemClock, packageVersion())
}

function logStart(log: Logger, {capabilities}: NginxEdge, directory: string): void {
  log.info('lbex started', {
    version: packageVersion(),
    pid: process.pid,
    nginx: capabilities.version.join('.'),
    directory,
  })
}
