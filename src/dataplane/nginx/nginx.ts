/** The edge out: one NGINX in one folder, started or adopted, supervised, and changed as a whole or not at all. */
import type {ConfigFile} from '../config-file.js'
import type {NginxCapabilities} from '../nginx-capabilities.js'
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import {Failure, messageOf} from '../../diagnostics/failure.js'
import type {BackoffOptions} from '../../util/backoff.js'
import type {Clock} from '../../util/clock.js'
import {followSignals} from '../../util/follow-signals.js'
import type {Logger} from '../../util/logger.js'
import {Applier, type NginxChange} from './apply/applier.js'
import {discoverNginx, type DiscoverOptions} from './host/discover-nginx.js'
import {ErrorLog} from './process/error-log.js'
import {hostLimits} from './host/host-limits.js'
import {layoutOf, makeFolders, type Layout} from './store/layout.js'
import {lockDirectory, type Lock} from './process/lock.js'
import {Master} from './process/master.js'
import type {
  Applied,
  DataPlane,
  UnavailableListener,
  NginxStatus,
  Observe,
  PrepareOptions,
  WorkerGroup,
} from '../data-plane.js'
import {OneAtATime} from './process/one-at-a-time.js'
import {requireLinux} from './host/platform.js'
import {probeFiles} from './apply/probe-files.js'
import {Shortfall} from './apply/shortfall.js'
import {Supervisor} from './process/supervisor.js'
import {diskTrouble, Tree} from './store/tree.js'
import {MAX_CHILDREN, Workers} from './process/workers.js'

export type NginxOptions = DiscoverOptions & {
  /** Absolute path of the folder that everything of this NGINX lives in (--nginx-dir); made when it is missing. */
  readonly directory: string
  readonly log: Logger
  readonly clock: Clock
  /** Open files that NGINX may have; default: what the host grants (hostLimits). */
  readonly openFiles?: number
  /** Milliseconds that a start or a reload may take until it is confirmed; default 30 s. */
  readonly confirmTimeout?: number
  /** Delay between restarts of an NGINX that dies again and again; default 100 ms to 30 s. */
  readonly backoff?: BackoffOptions
  /** Children that NGINX may have before connections of its oldest workers are cut; default 256. */
  readonly maxChildren?: number
  /** Lines of NGINX's error log, warn and above, that are passed on in one second; default 20. */
  readonly logLinesPerSecond?: number
  /** Bytes after which the error log is rotated; default 10 MiB. */
  readonly logRotateAt?: number
  /** Bytes after which NGINX stops to write to its error log, while no lbex rotates it; default 64 MiB. */
  readonly logEndAt?: number
  /** Milliseconds between two tries of what a restart left out; default 5 s. */
  readonly retryLeftOut?: number
  /** Is called with what happens to NGINX; default: not called. */
  readonly observe?: Observe | undefined
}

/** Time between two looks at a running NGINX, milliseconds. */
const LOOK = 200
/** The same after a look that failed, such as for a disk in the way. */
const TROUBLED_LOOK = 10_000

/**
 * Finds NGINX, makes its folder, and adopts an NGINX that an earlier lbex left running there. None is started before the
 * first commit. Rejects with a Failure: those of discoverNginx, `directory-invalid`, `directory-unusable`,
 * `directory-locked` (another lbex uses it), `platform-unsupported`.
 */
export async function openNginx(options: NginxOptions): Promise<DataPlane> {
  requireLinux()
  const layout = layoutOf(options.directory)
  const {binary, capabilities} = await discoverNginx(options)
  await makeFolders(layout)
  const lock = await lockDirectory(layout.directory)
  try {
    return await RunningNginx.open(options, {layout, binary, capabilities, lock})
  } catch (error) {
    await lock.release()
    throw error
  }
}

type Found = {
  readonly layout: Layout
  readonly binary: string
  readonly capabilities: NginxCapabilities
  readonly lock: Lock
}

type Parts = {
  readonly applier: Applier
  readonly master: Master
  readonly workers: Workers
  readonly errorLog: ErrorLog
  readonly supervisor: Supervisor
  readonly shortfall: Shortfall
}

class RunningNginx implements DataPlane {
  private readonly queue = new OneAtATime()
  private readonly stopping = new AbortController()
  private readonly looking: Promise<void>

  static async open(options: NginxOptions, found: Found): Promise<RunningNginx> {
    const parts = await assemble(options, found)
    await parts.errorLog.open()
    await parts.applier.adopt(new AbortController().signal)
    if (parts.master.running) parts.supervisor.sawServing()
    parts.workers.look(parts.master.running)
    parts.workers.belongTo(parts.applier.served?.id)
    return new RunningNginx(options, found, parts)
  }

  private constructor(
    private readonly options: NginxOptions,
    private readonly found: Found,
    private readonly parts: Parts,
  ) {
    this.looking = this.keepLooking()
  }

  get capabilities(): NginxCapabilities {
    return this.found.capabilities
  }

  /** Not while NGINX is being started, which would look like another program. */
  probe(files: readonly ConfigFile[]): Promise<UnavailableListener[]> {
    return this.queue.run(() => probeFiles(files, this.parts.applier.ownedByNginx))
  }

  prepare(files: readonly ConfigFile[], signal: AbortSignal, options?: PrepareOptions): Promise<NginxChange> {
    return this.runAlone(signal, (either) => this.parts.applier.prepare(files, either, options))
  }

  commit(prepared: NginxChange, signal: AbortSignal): Promise<Applied> {
    const {applier, supervisor, shortfall} = this.parts
    return this.runAlone(signal, async (either) => {
      const applied = await applier.commit(prepared, either)
      supervisor.sawServing()
      shortfall.clear()
      return applied
    })
  }

  resume(signal: AbortSignal): Promise<boolean> {
    const {applier, supervisor, shortfall} = this.parts
    return this.runAlone(signal, async (either) => {
      if (!applier.served) shortfall.update(await applier.restart(either))
      if (!applier.served) return false
      supervisor.sawServing()
      return true
    })
  }

  leftOut(): readonly Diagnostic[] {
    return this.parts.shortfall.diagnostics
  }

  onLeftOut(listener: () => void): void {
    this.parts.shortfall.onChange(listener)
  }

  status(): NginxStatus {
    const {master, applier, workers, supervisor} = this.parts
    const {running} = master
    const {served} = applier
    return {
      serving: supervisor.serving,
      ...(running && {pid: running.pid}),
      ...(served && {generation: served.id}),
      oldWorkers: workers.count.leaving.length,
    }
  }

  workers(): WorkerGroup[] {
    return this.parts.workers.groups()
  }

  reloadPressure(): number {
    return this.parts.workers.pressure()
  }

  async stop(how: 'drain' | 'leave', timeoutMs: number): Promise<void> {
    this.stopping.abort(stopped())
    await this.looking
    await this.queue.run(() => this.end(how, timeoutMs))
  }

  /** Runs `task` while nothing else changes NGINX; `either` aborts with `signal`, or when NGINX is being stopped. */
  private runAlone<T>(signal: AbortSignal, task: (either: AbortSignal) => Promise<T>): Promise<T> {
    return followSignals([signal, this.stopping.signal], (own) => this.queue.run(() => task(own.signal)))
  }

  private async end(how: 'drain' | 'leave', timeoutMs: number): Promise<void> {
    const {master, errorLog} = this.parts
    try {
      if (how === 'drain') await master.drain(timeoutMs)
      await errorLog.close()
    } finally {
      await this.found.lock.release()
    }
  }

  private async keepLooking(): Promise<void> {
    const {clock, log} = this.options
    const {signal} = this.stopping
    while (!signal.aborted) {
      await clock.delay(LOOK, signal)
      try {
        await this.look(signal)
      } catch (error) {
        log.error('NGINX cannot be watched', {error: messageOf(error)})
        await clock.delay(TROUBLED_LOOK, signal)
      }
    }
  }

  private async tryLeftOut(signal: AbortSignal): Promise<void> {
    const {applier, shortfall} = this.parts
    try {
      shortfall.update(await applier.restart(signal))
    } catch (error) {
      shortfall.postpone()
      this.options.log.warn('what is left out cannot be tried again', {error: messageOf(error)})
    }
  }

  private async look(signal: AbortSignal): Promise<void> {
    const {applier, supervisor, shortfall, errorLog, master, workers} = this.parts
    await errorLog.poll()
    await this.queue.run(async () => {
      if (signal.aborted) return
      await supervisor.look(signal)
      if (supervisor.serving && shortfall.due) await this.tryLeftOut(signal)
      workers.belongTo(applier.served?.id)
      await errorLog.rotateWhenLarge(() => master.signal('SIGUSR1'))
    })
  }
}

async function assemble(options: NginxOptions, {layout, binary}: Found): Promise<Parts> {
  const {log, clock, observe} = options
  const openFiles = options.openFiles ?? (await hostLimits()).openFiles
  const master = new Master({
    binary,
    layout,
    openFiles,
    largestFile: options.logEndAt ?? 64 * 2 ** 20,
    log,
    clock,
  })
  const workers = new Workers(clock, log, options.maxChildren ?? MAX_CHILDREN)
  const errorLog = new ErrorLog({
    path: layout.errorLog,
    log,
    clock,
    linesPerSecond: options.logLinesPerSecond ?? 20,
    rotateAt: options.logRotateAt ?? 10 * 2 ** 20,
  })
  const tree = await Tree.open(layout).catch(diskTrouble)
  const limit = options.confirmTimeout ?? 30_000
  const shared = {master, workers, clock, log, observe}
  const applier = new Applier({...shared, errorLog, limit, tree, binary})
  const shortfall = new Shortfall(clock, options.retryLeftOut ?? 5000)
  const supervisor = new Supervisor({
    ...shared,
    restart: async (signal) => shortfall.update(await applier.restart(signal)),
    backoff: options.backoff ?? {initial: 100, limit: 30_000},
  })
  return {applier, master, workers, errorLog, supervisor, shortfall}
}

function stopped(): Failure {
  return new Failure('NGINX is being stopped', {code: 'nginx-stopping'})
}
