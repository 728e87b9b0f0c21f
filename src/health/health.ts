/** The active health checks of `lbex run`: a monitor whose failures survive a restart of lbex. */
import {join} from 'node:path'
import type {HostState} from '../core/model/host-state.js'
import type {LoadBalancer} from '../core/model/load-balancer.js'
import {messageOf} from '../diagnostics/failure.js'
import type {Clock} from '../util/clock.js'
import type {Logger} from '../util/logger.js'
import {readKnownFailures, writeKnownFailures} from './known-failures.js'
import {HealthMonitor, type ProbeCounts} from './monitor.js'
import {pacedCalls} from './paced-calls.js'
import {probe as probeServer} from './probe.js'
import type {Probe} from './probe-result.js'

/** Milliseconds between two writes of the known failures. */
const SAVE_PERIOD = 5000
/** Milliseconds between two log messages about probes that this host cannot run. */
const LOCAL_FAILURE_PERIOD = 600_000

export type HealthOptions = {
  /** The folder for the file with the known failures. */
  readonly directory: string
  readonly clock: Clock
  readonly log: Logger
  /** Minimum milliseconds between two calls of a listener. */
  readonly changePeriod: number
  /** Default: probes over the network. */
  readonly probe?: Probe
}

export class Health {
  private readonly stopping = new AbortController()
  private readonly monitor: HealthMonitor
  private saving: Promise<void> | undefined
  private saved: HostState['failedChecks'] | undefined
  private isUnwritable = false
  private localFailureAt = -Infinity

  static async open(options: HealthOptions): Promise<Health> {
    return new Health(options, await readKnownFailures(fileIn(options)))
  }

  private constructor(
    private readonly options: HealthOptions,
    known: Awaited<ReturnType<typeof readKnownFailures>>,
  ) {
    const onLocalFailure = (reason: string): void => this.logLocalFailure(reason)
    const {clock, probe = probeServer} = options
    this.monitor = new HealthMonitor({clock, probe, known, onLocalFailure})
  }

  /** The previous object while nothing changes. */
  failedChecks(): HostState['failedChecks'] {
    return this.monitor.failedChecks()
  }

  /** See HostState.slowChecks. The previous object while nothing changes. */
  slowChecks(): HostState['slowChecks'] {
    return this.monitor.slowChecks()
  }

  /** From now on probes the servers of this load balancer. */
  watch(loadBalancer: LoadBalancer): void {
    this.monitor.watch(loadBalancer)
    if (this.monitor.counts().targets > 0) this.saving ??= this.keepSaving()
  }

  /** Calls `listener` when the failed or the slow checks change. */
  onChange(listener: () => void): void {
    const {clock, changePeriod: period} = this.options
    this.monitor.onChange(pacedCalls({clock, period, signal: this.stopping.signal}, listener))
  }

  counts(): ProbeCounts {
    return this.monitor.counts()
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    await this.monitor.stop()
    await this.saving
  }

  private logLocalFailure(error: string): void {
    const {clock, log} = this.options
    if (clock.monotonic() - this.localFailureAt < LOCAL_FAILURE_PERIOD) return
    this.localFailureAt = clock.monotonic()
    const hint = 'raise the limit of open files of lbex (LimitNOFILE, ulimit -n), or its memory'
    log.warn('this host cannot probe servers, which keep their state', {error, hint})
  }

  /** Also while nothing changes: the next lbex ignores what is too old. */
  private async keepSaving(): Promise<void> {
    const {signal} = this.stopping
    do {
      await this.options.clock.delay(SAVE_PERIOD, signal)
      await this.save()
    } while (!signal.aborted)
  }

  private async save(): Promise<void> {
    const failed = this.monitor.failedChecks()
    if (failed.size === 0 && (this.saved?.size ?? 0) === 0) return
    try {
      await writeKnownFailures(fileIn(this.options), this.monitor.knownFailures())
      this.saved = failed
      this.isUnwritable = false
    } catch (error) {
      if (!this.isUnwritable)
        this.options.log.warn('the failed health checks cannot be saved', {error: messageOf(error)})
      this.isUnwritable = true
    }
  }
}

function fileIn({directory}: HealthOptions): string {
  return join(directory, 'run/health.json')
}
