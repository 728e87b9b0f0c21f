/** Makes NGINX serve generations, and tracks which one it serves. */
import type {ReloadReason, UnavailableListener} from '../../data-plane.js'
import type {NginxFile} from '../../nginx-file.js'
import type {Generation} from '../config/generation.js'
import type {Refusal} from '../process/refusal.js'
import {isEmpty, planChanges} from '../store/change-set.js'
import {indexGeneration, type GenerationIndex} from '../store/generation-index.js'
import {diskFailure} from '../store/disk-failure.js'
import {adopt} from './adopt.js'
import {confirm, rollBack, type Confirmation, type ConfirmDeps} from './confirm.js'
import {interimBefore} from './interim.js'
import {probeFiles, probePatiently} from './probe-files.js'
import {
  completed,
  unconfirmed,
  NOTHING_SERVED,
  ownedBy,
  partlyCompleted,
  switched,
  type RequestedFiles,
  type Serving,
} from './serving.js'

/** The result of an attempt to serve a generation: it is served if nothing was rejected and nothing is unavailable. */
export type Activation = {
  readonly refusal?: Refusal | undefined
  /** Found before NGINX was started; nothing was changed then. */
  readonly unavailable: readonly UnavailableListener[]
  readonly reloads: number
}

export class Activator {
  private state: Serving = NOTHING_SERVED

  constructor(private readonly deps: ConfirmDeps) {}

  get serving(): Serving {
    return this.state
  }

  /** The generation that NGINX is confirmed to serve. */
  get served(): GenerationIndex | undefined {
    const {state, current} = this.state
    return state === 'confirmed' && this.deps.master.running ? current : undefined
  }

  /** The generation whose listeners NGINX has: see ownedBy. */
  get ownedByNginx(): GenerationIndex | undefined {
    return ownedBy(this.state)
  }

  /** True if NGINX may serve servers that are out of date, which only a reload changes. */
  get mustReload(): boolean {
    return this.deps.live?.needsReload === true
  }

  /** Takes over an NGINX that an earlier lbex left running, if there is one. */
  async adopt(signal: AbortSignal): Promise<void> {
    this.state = await adopt(this.deps, signal)
  }

  /** Call this when the request is served, except for what was left out. `isPartial`: a part of it waits for a reload. */
  complete(request: RequestedFiles, {isPartial = false} = {}): void {
    const complete = isPartial ? partlyCompleted : completed
    this.state = complete(this.state, request, this.deps.live?.currentEntries)
  }

  /**
   * Reloads or starts NGINX unless it serves `generation` already, which consists of `files`. `consolidates`: NGINX serves it
   * already, but with servers that are not in its configuration.
   */
  async activate(
    generation: Generation,
    files: readonly NginxFile[],
    signal: AbortSignal,
    {consolidates = false} = {},
  ): Promise<Activation> {
    const isUncertain = this.state.state !== 'confirmed' || this.mustReload
    if (!differs(this.served, generation) && !this.mustReload) return {unavailable: [], reloads: 0}
    const unavailable = await this.unavailableAtStart(files, signal)
    if (unavailable.length > 0) return {unavailable, reloads: 0}
    const interim = this.interimBefore(generation, files)
    const change = consolidates ? 'consolidate' : 'change'
    const reason = interim ? 'move' : isUncertain ? 'uncertain' : change
    let reloads = 0
    for (const step of interim ? [interim, generation] : [generation]) {
      const confirmation = await this.switchTo(step, reason, signal)
      reloads += confirmation.reloads
      if (confirmation.refusal) return {refusal: confirmation.refusal, unavailable: [], reloads}
    }
    return {unavailable: [], reloads}
  }

  private interimBefore(generation: Generation, files: readonly NginxFile[]): Generation | undefined {
    if (!this.deps.master.running) return undefined
    return interimBefore(indexGeneration(generation), {files, owned: this.ownedByNginx})
  }

  /**
   * Probes the ports first, because NGINX retries a port in use for seconds and then exits. The ports of orphans are not probed,
   * because no other program can have them; so the orphans accept connections until NGINX starts.
   */
  private async unavailableAtStart(
    files: readonly NginxFile[],
    signal: AbortSignal,
  ): Promise<UnavailableListener[]> {
    const {master, clock} = this.deps
    if (master.running) return []
    const {state, current} = this.state
    if (state !== 'none' && current && master.hasOrphans()) return probeFiles(files, current)
    await master.retireLeftovers(signal)
    return probePatiently(files, clock, signal)
  }

  /** Switches `current` and makes NGINX load it; rolls back on failure. */
  private async switchTo(
    generation: Generation,
    reason: ReloadReason,
    signal: AbortSignal,
  ): Promise<Confirmation> {
    const {tree} = this.deps
    await tree.stage(generation).catch(diskFailure)
    await tree.seal(generation).catch(diskFailure)
    const before = await tree.current()
    await this.pointTo(generation.id)
    const known = this.state
    try {
      const uncertain = known.state !== 'confirmed'
      const confirmation = await confirm(this.deps, generation.id, {reason, uncertain}, signal)
      if (confirmation.refusal) await this.keep(before)
      else await this.noteServed(generation)
      return confirmation
    } catch (error) {
      this.state = unconfirmed(known)
      if (!signal.aborted && (await rollBack(this.deps, before, signal))) this.state = known
      throw error
    }
  }

  /** NGINX has not been signalled yet: if this fails, it serves what it served. */
  private async pointTo(id: string): Promise<void> {
    const {tree, live} = this.deps
    await live?.beforeLoad()
    try {
      await tree.switchTo(id).catch(diskFailure)
    } catch (error) {
      await live?.notLoaded()
      throw error
    }
  }

  /** NGINX refused the new generation and keeps the earlier one. */
  private async keep(before: string | undefined): Promise<void> {
    await this.deps.tree.switchTo(before).catch(diskFailure)
    await this.deps.live?.notLoaded()
  }

  private async noteServed(generation: Generation): Promise<void> {
    const {workers, master, live} = this.deps
    this.state = switched(this.state, indexGeneration(generation))
    workers.refresh(master.running)
    workers.assign(generation.id)
    await live?.afterLoad(generation)
  }
}

export function differs(served: GenerationIndex | undefined, generation: Generation): boolean {
  return !isEmpty(planChanges(served, indexGeneration(generation)))
}
