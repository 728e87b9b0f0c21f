/** The data plane for one NGINX in one folder: started or adopted, supervised, and changed as a whole or not at all. */
import {dirname} from 'node:path'
import pLimit from 'p-limit'
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import {Failure} from '../../diagnostics/failure.js'
import type {Clock} from '../../util/clock.js'
import {followSignals} from '../../util/follow-signals.js'
import type {
  Applied,
  DataPlane,
  EndedConnections,
  LiveStatus,
  NginxStatus,
  PrepareOptions,
  ServerAddress,
  UnavailableListener,
  WorkerGroup,
} from '../data-plane.js'
import type {DataPlaneDetails} from '../data-plane-details.js'
import type {NginxCapabilities} from '../nginx-capabilities.js'
import type {NginxFile} from '../nginx-file.js'
import type {NginxChange} from './apply/applier.js'
import {probeFiles} from './apply/probe-files.js'
import {endConnections} from './drain/end-connections.js'
import {discoverNginx} from './host/discover-nginx.js'
import {drainObstacle} from './host/drain-obstacle.js'
import {usesLiveUpdates} from './host/live-mode.js'
import {requireLinux} from './host/platform.js'
import type {NginxOptions} from './runtime/nginx-options.js'
import {createParts, type Installation, type Parts} from './runtime/parts.js'
import {pollNginx} from './runtime/poll-nginx.js'
import {lockDirectory} from './process/lock.js'
import {findOurProcesses} from './process/our-processes.js'
import {layoutOf, makeFolders} from './store/layout.js'

/**
 * Finds NGINX, creates its folder, and adopts an NGINX that an earlier lbex left running there. Starts none before the first
 * commit. Rejects with a Failure: those of discoverNginx, `directory-invalid`, `directory-unusable`, `directory-locked` (another
 * lbex uses it), `platform-unsupported`, `live-updates-unavailable`.
 */
export async function openNginx(options: NginxOptions): Promise<DataPlane> {
  requireLinux()
  const layout = layoutOf(options.directory)
  await makeFolders(layout)
  // In a container, only this folder may be writable.
  const {binary, capabilities: found} = await discoverNginx({scratch: dirname(layout.pidFile), ...options})
  const obstacle = await drainObstacle()
  const capabilities = {...found, ...(obstacle && {drainObstacle: obstacle})}
  const isLive = usesLiveUpdates(options.live?.mode ?? 'off', capabilities)
  const lock = await lockDirectory(layout.directory)
  try {
    return await RunningNginx.open(options, {layout, binary, capabilities, isLive, lock})
  } catch (error) {
    await lock.release()
    throw error
  }
}

class RunningNginx implements DataPlane {
  /** An apply, a restart and a stop must never overlap. */
  private readonly queue = pLimit(1)
  private readonly stopping = new AbortController()
  private readonly polling: Promise<void>
  private readonly clock: Clock

  static async open(options: NginxOptions, installation: Installation): Promise<RunningNginx> {
    const parts = await createParts(options, installation)
    await parts.errorLog.open()
    await parts.applier.adopt(new AbortController().signal)
    if (parts.master.running) parts.supervisor.noteServing()
    parts.workers.refresh(parts.master.running)
    parts.workers.assign(parts.applier.served?.id)
    return new RunningNginx(options, installation, parts)
  }

  private constructor(
    options: NginxOptions,
    private readonly installation: Installation,
    private readonly parts: Parts,
  ) {
    this.clock = options.clock
    this.polling = pollNginx(parts, options, (task) => this.queue(task), this.stopping.signal)
  }

  get capabilities(): NginxCapabilities {
    return this.installation.capabilities
  }

  /** Not while NGINX is being started: its ports would be reported as held by another program. */
  probe(files: readonly NginxFile[]): Promise<UnavailableListener[]> {
    return this.queue(() => probeFiles(files, this.parts.applier.ownedByNginx))
  }

  prepare(files: readonly NginxFile[], signal: AbortSignal, options?: PrepareOptions): Promise<NginxChange> {
    return this.runExclusively(signal, (either) => this.parts.applier.prepare(files, either, options))
  }

  commit(prepared: NginxChange, signal: AbortSignal): Promise<Applied> {
    const {applier, supervisor, shortfall} = this.parts
    return this.runExclusively(signal, async (either) => {
      const applied = await applier.commit(prepared, either)
      if (applied.deferred) return applied
      supervisor.noteServing()
      shortfall.clear()
      return applied
    })
  }

  resume(signal: AbortSignal): Promise<boolean> {
    const {applier, supervisor, shortfall} = this.parts
    return this.runExclusively(signal, async (either) => {
      if (!applier.served) shortfall.update(await applier.restart(either))
      if (!applier.served) return false
      supervisor.noteServing()
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

  live(): LiveStatus | undefined {
    return this.parts.live?.status
  }

  details(): DataPlaneDetails {
    const {applier, live} = this.parts
    return {quarantine: applier.quarantined, ...(live && {live: live.details})}
  }

  consolidationDue(): number {
    return this.parts.live?.dueIn() ?? Infinity
  }

  workers(): WorkerGroup[] {
    return this.parts.workers.groups()
  }

  endConnections(servers: readonly ServerAddress[]): Promise<EndedConnections> {
    const {layout, binary} = this.installation
    const workers = () => {
      const {accepting, leaving} = findOurProcesses(layout, binary)
      return [...accepting, ...leaving]
    }
    return endConnections(servers, {workers, clock: this.clock})
  }

  reloadPressure(): number {
    return this.parts.workers.pressure()
  }

  async stop(how: 'drain' | 'leave', timeoutMs: number): Promise<void> {
    this.stopping.abort(stopped())
    await this.polling
    await this.queue(() => this.end(how, timeoutMs))
  }

  /** Runs `task` while nothing else changes NGINX; `either` aborts with `signal`, or when NGINX is being stopped. */
  private runExclusively<T>(signal: AbortSignal, task: (either: AbortSignal) => Promise<T>): Promise<T> {
    return followSignals([signal, this.stopping.signal], (own) => this.queue(() => task(own.signal)))
  }

  private async end(how: 'drain' | 'leave', timeoutMs: number): Promise<void> {
    const {master, errorLog} = this.parts
    try {
      if (how === 'drain') await master.drain(timeoutMs)
      await errorLog.close()
    } finally {
      await this.installation.lock.release()
    }
  }
}

function stopped(): Failure {
  return new Failure('NGINX is being stopped', {code: 'nginx-stopping'})
}
