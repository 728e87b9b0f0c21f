/** Opens what observes the traffic of NGINX for `lbex run`, if the flags ask for it. */
import type {DaemonFlags} from '../flags/daemon.js'
import type {LogFlags} from '../flags/log.js'
import type {ServingFlags} from '../flags/serving.js'
import {trafficPort, type TrafficFlags, type TrafficOutputFlags} from '../flags/traffic.js'
import {LogOutput, writeToLog} from '../log-output.js'
import {UsageError} from '../usage-error.js'
import {openLogKey} from '../../dataplane/nginx/store/log-key.js'
import {messageOf} from '../../diagnostics/failure.js'
import type {LogFile} from '../../observe/access-log/log-file.js'
import type {TrafficNow} from '../../core/state/traffic-state.js'
import type {AccessLog, Traffic, TrafficLoad} from '../../observe/traffic.js'
import type {Clock} from '../../util/clock.js'
import type {Logger} from '../../util/logger.js'
import {logFormatOf} from './log.js'

export type TrafficRunFlags = TrafficFlags &
  TrafficOutputFlags &
  Pick<LogFlags, 'log-format'> &
  Pick<DaemonFlags, 'once'> &
  Pick<ServingFlags, 'health-check'>

/** The part of Traffic that serve() uses. */
export type ObservedTraffic = Pick<Traffic, 'update' | 'close'> & {
  /** The parts of the traffic metrics; none without --traffic-metrics. */
  readonly page: () => Promise<readonly Buffer[]>
  /** What lbex status shows; undefined without --traffic-metrics. */
  readonly now: () => Promise<TrafficNow | undefined>
  /** What the debug state shows. */
  readonly load: () => TrafficLoad
}

type Deps = {
  /** Absolute path of --nginx-dir, which exists. */
  readonly directory: string
  readonly clock: Clock
  readonly log: Logger
}

/** Milliseconds that the last lines of the access log may take. */
const LAST_LINES = 1000

/** Throws a UsageError if flags with these values contradict each other. */
export function refuseTrafficContradictions(flags: TrafficRunFlags): void {
  const {'traffic-metrics': counts, 'access-log': log, 'access-log-file': file, once} = flags
  if (once && trafficPort(flags) !== undefined)
    throw new UsageError(
      `${counts ? '--traffic-metrics' : '--access-log'} needs an lbex that keeps running, and --once exits`,
      'remove one of the two flags',
    )
  if (counts && !flags['health-check'])
    throw new UsageError(
      '--traffic-metrics needs the health server, which serves /metrics',
      'remove --health-check=false',
    )
  if (flags['metrics-per-server'] && !counts)
    throw new UsageError('--metrics-per-server needs --traffic-metrics', 'add --traffic-metrics')
  if (log === 'off') {
    if (file !== undefined)
      throw new UsageError('--access-log-file needs --access-log', 'add --access-log=json')
  } else if (file === undefined && log !== logFormatOf(flags)) {
    throw new UsageError(
      `the log on standard error is ${logFormatOf(flags)}, and --access-log=${log} would write another format to it`,
      `write --access-log=${logFormatOf(flags)}, --log-format=${log}, or --access-log-file FILE`,
    )
  }
}

/** Undefined if the flags do not ask for it. Rejects with the Failures of Traffic.open, LogFile.open and openLogKey. */
export async function openTraffic(flags: TrafficRunFlags, deps: Deps): Promise<ObservedTraffic | undefined> {
  const port = trafficPort(flags)
  if (port === undefined) return undefined
  const {Traffic} = await import('../../observe/traffic.js')
  const {accessLog, close} = await openAccessLog(flags, deps)
  const {directory, ...others} = deps
  const perServer = flags['metrics-per-server']
  const key = await openLogKey(directory)
  const traffic = await Traffic.open({...others, ...{port, accessLog, key, perServer}}).catch(
    async (error: unknown) => {
      await close()
      throw error
    },
  )
  return {
    update: (loadBalancer) => traffic.update(loadBalancer),
    page: async () => (flags['traffic-metrics'] ? traffic.page() : []),
    now: async () => (flags['traffic-metrics'] ? traffic.now() : undefined),
    load: () => traffic.load,
    close: async () => {
      await traffic.close()
      await close()
    },
  }
}

type OpenedLog = {readonly accessLog: AccessLog | undefined; readonly close: () => Promise<void>}

async function openAccessLog(flags: TrafficRunFlags, {clock, log}: Deps): Promise<OpenedLog> {
  const {'access-log': format, 'access-log-file': path} = flags
  if (format === 'off') return {accessLog: undefined, close: async () => {}}
  if (path === undefined) return {accessLog: {format, write: writeToLog}, close: async () => {}}
  const {LogFile} = await import('../../observe/access-log/log-file.js')
  const writer = new FileWriter(await LogFile.open(path, {clock}), path, log)
  const output = new LogOutput({
    clock,
    write: (bytes) => writer.write(bytes),
    onDropped: (lines) => log.warn('lines of the access log were dropped', {lines}),
  })
  const close = async (): Promise<void> => {
    await output.flush(LAST_LINES)
    await writer.close()
  }
  return {accessLog: {format, write: (line) => output.write(line)}, close}
}

/** LogOutput retries after an error: this logs the first one of a row. After `close` everything counts as written. */
class FileWriter {
  private failed = false
  private closed = false

  constructor(
    private readonly file: LogFile,
    private readonly path: string,
    private readonly log: Logger,
  ) {}

  async write(bytes: Buffer): Promise<number> {
    if (this.closed) return bytes.length
    const {path, log} = this
    try {
      const written = await this.file.write(bytes)
      if (this.failed) log.info('the access log can be written again', {path})
      this.failed = false
      return written
    } catch (error) {
      if (!this.failed)
        log.warn('the access log cannot be written, retrying', {path, error: messageOf(error)})
      this.failed = true
      throw error
    }
  }

  async close(): Promise<void> {
    this.closed = true
    await this.file.close()
  }
}
