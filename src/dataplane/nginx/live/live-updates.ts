/** Changes servers without a reload, and knows what NGINX serves beyond its configuration. */
import {dirname} from 'node:path'
import type {ObjectRef} from '../../../diagnostics/diagnostic.js'
import {messageOf} from '../../../diagnostics/failure.js'
import type {Clock} from '../../../util/clock.js'
import type {Logger} from '../../../util/logger.js'
import {makePrivateFolder} from '../../../util/make-folder.js'
import type {Observe, PrepareOptions} from '../../data-plane.js'
import type {LiveDetails} from '../../data-plane-details.js'
import type {Generation} from '../config/generation.js'
import type {Layout} from '../store/layout.js'
import {diskFailure} from '../store/disk-failure.js'
import type {GenerationIndex} from '../store/generation-index.js'
import {LiveChannel} from './channel.js'
import {Consolidation} from './consolidation.js'
import {Failures} from './failures.js'
import {FIRST_ZONE, otherZone, readKey, renewKey, writeKey, type LoadedKey} from './key.js'
import {loadedGeneration} from './loaded-generation.js'
import {planBetween, type LivePlan} from './plan-live.js'

export type LiveDeps = {
  readonly layout: Layout
  readonly clock: Clock
  readonly log: Logger
  readonly observe?: Observe | undefined
  /** Milliseconds without a live change until a reload writes it into the configuration. 0: also the first one after an adoption. */
  readonly consolidateAfter: number
}

/** What a change does without a reload. */
export type LiveStep = {
  /** Absent if nothing can be changed without a reload. */
  readonly plan?: LivePlan | undefined
  readonly generation: Generation
  /** False if NGINX serves all of it already. */
  readonly changed: boolean
  /** True if the rest of the change waits until a reload is allowed. */
  readonly deferred: boolean
  /** The Services that wait for that reload; absent if they are not known. */
  readonly waiting?: readonly ObjectRef[] | undefined
}

export class LiveUpdates {
  private readonly channel: LiveChannel
  private readonly consolidation: Consolidation
  /**
   * What the workers loaded, if this lbex had it loaded or compared it; and the id of the generation that they serve with the
   * entries, if that is one.
   */
  private loaded: {readonly generation: Generation; readonly served: string | undefined} | undefined
  /** What the workers loaded; undefined if it is not known. */
  private key: LoadedKey | undefined
  /** Entries that the workers follow; undefined if they are not known. */
  private entries: ReadonlyMap<string, string> | undefined
  private revision = 0
  /** False after a failure, until the next reload. */
  private works = true
  private readonly failures: Failures

  constructor(private readonly deps: LiveDeps) {
    this.channel = new LiveChannel(deps.layout.liveSocket)
    this.consolidation = new Consolidation(deps.clock, deps.consolidateAfter)
    this.failures = new Failures(deps.clock)
  }

  /** Upstreams that NGINX takes from the dictionary, and whether it can be changed. */
  get status(): {readonly upstreams: number; readonly working: boolean} {
    return {upstreams: this.entries?.size ?? 0, working: this.works}
  }

  get details(): LiveDetails {
    const {works: working, revision, entries, failures} = this
    const {count, pausedFor, isSuspect: suspect} = failures
    return {working, revision, ...(entries && {entries: entries.size}), failures: count, pausedFor, suspect}
  }

  /** Milliseconds until the configuration should be brought up to date; Infinity if it is. */
  dueIn(): number {
    return this.consolidation.dueIn()
  }

  /** True if NGINX may follow entries that this lbex cannot change: only a reload makes them void. */
  get needsReload(): boolean {
    return !this.works && this.entries === undefined
  }

  /** True if a worker may wait forever for the lock of the dictionary: the next reload has to replace dictionary and worker. */
  get isStuck(): boolean {
    return this.failures.isSuspect
  }

  /** Makes the folder that a configuration with live updates needs. Rejects with the Failure `directory-unusable`. */
  async open(): Promise<void> {
    await makePrivateFolder(dirname(this.deps.layout.liveKey)).catch(diskFailure)
  }

  /** An NGINX of an earlier lbex was adopted: its workers may follow entries. */
  async adopt(): Promise<void> {
    try {
      await this.readEntries()
    } catch (error) {
      this.failures.suspect()
      this.deps.log.debug('the entries of live updates are not known', {error: messageOf(error)})
    }
  }

  /** Call this before decide: finds out what an adopted NGINX has loaded. `readText` reads a Service's file, and may reject. */
  async compare(
    generation: Generation,
    served: GenerationIndex | undefined,
    readText: (path: string) => Promise<string | undefined>,
  ): Promise<void> {
    const isKnown = served?.id === generation.id || this.loaded?.generation.id === served?.id
    if (!served || isKnown || this.deps.consolidateAfter === 0) return
    const loaded = await loadedGeneration(served, generation, readText)
    if (loaded) this.loaded = {generation: loaded, served: this.servedAs(served.id)}
  }

  /** True if NGINX serves all of `generation`, but with servers that are not in the configuration that it loaded. */
  serves({id}: Generation): boolean {
    return this.loaded !== undefined && this.loaded.served === id && this.loaded.generation.id !== id
  }

  /**
   * What can be done without a reload; undefined if a reload is needed and allowed. `served`: the generation that NGINX is
   * confirmed to have loaded.
   */
  decide(
    generation: Generation,
    served: string | undefined,
    {idle = [], reload = true}: PrepareOptions,
  ): LiveStep | undefined {
    const loaded = this.loadedFor(generation, served)
    const plan = loaded && this.works ? planBetween(loaded.generation, generation, idle) : undefined
    const differs = loaded?.generation.id !== generation.id
    const needsReload = !plan?.complete || (differs && this.dueIn() <= 0)
    if (needsReload && reload) return undefined
    const changed = plan !== undefined && (loaded?.served !== generation.id || this.entries === undefined)
    return {plan, generation, changed, deferred: needsReload, waiting: plan?.owners}
  }

  /** False if it failed: then a reload has to make the change. */
  async apply({plan, generation, deferred}: LiveStep): Promise<boolean> {
    const {clock, log, observe} = this.deps
    const begun = clock.monotonic()
    try {
      const upstreams = plan ? await this.write(plan) : 0
      const duration = clock.monotonic() - begun
      if (upstreams > 0) {
        this.failures.reset()
        observe?.({type: 'live-update', result: 'confirmed', upstreams, duration})
      }
      this.noteApplied(generation, {isPartial: deferred, upstreams})
      return true
    } catch (error) {
      this.forget()
      observe?.({type: 'live-update', result: 'failed', upstreams: 0, duration: clock.monotonic() - begun})
      log.warn('servers cannot be changed without a reload, reloading', {error: messageOf(error)})
      const pause = this.failures.add()
      if (pause !== undefined) log.error('live updates failed repeatedly, every change is a reload', {pause})
      return false
    }
  }

  /** Call this before NGINX reads its configuration. Rejects with the Failure `directory-unusable`. */
  async beforeLoad(): Promise<void> {
    const zone = this.key?.zone ?? FIRST_ZONE
    await renewKey(this.deps.layout.liveKey, this.isStuck ? otherZone(zone) : zone).catch(diskFailure)
  }

  /** The workers keep the configuration that they had, or are asked to load it again: with the key that they had. */
  async notLoaded(): Promise<void> {
    if (this.key !== undefined) await writeKey(this.deps.layout.liveKey, this.key).catch(diskFailure)
  }

  /** All workers loaded `generation`, with a new key: no entry counts any more. */
  async afterLoad(generation: Generation): Promise<void> {
    this.loaded = {generation, served: generation.id}
    this.consolidation.clear()
    try {
      await this.readEntries()
      this.works = !this.failures.isPaused
      this.failures.trust()
    } catch (error) {
      this.works = false
      this.failures.suspect()
      this.entries = new Map()
      this.deps.log.warn('live updates do not work, every change is a reload', {error: messageOf(error)})
    }
  }

  /** The entries that were there before NGINX ended and was started again on the same generation. */
  async restore(entries: ReadonlyMap<string, string> | undefined): Promise<void> {
    if (entries && entries.size > 0 && this.works) await this.setEntries(entries).catch(() => this.forget())
  }

  get currentEntries(): ReadonlyMap<string, string> | undefined {
    return this.entries
  }

  /** After an adoption only the id of what NGINX loaded is known; an equal id says that the files are equal. */
  private loadedFor(generation: Generation, served: string | undefined): typeof this.loaded {
    if (served === undefined) return undefined
    if (this.loaded?.generation.id === served) return this.loaded
    this.loaded = served === generation.id ? {generation, served: this.servedAs(served)} : undefined
    return this.loaded
  }

  /** With entries, the servers are not those of the generation that NGINX loaded. */
  private servedAs(id: string): string | undefined {
    return this.entries?.size === 0 ? id : undefined
  }

  private noteApplied(
    {id}: Generation,
    {isPartial, upstreams}: {readonly isPartial: boolean; readonly upstreams: number},
  ): void {
    if (!this.loaded) return
    if (this.loaded.generation.id === id) this.consolidation.clear()
    else if (this.loaded.served !== id) this.consolidation.noteChange()
    if (!isPartial) this.loaded = {...this.loaded, served: id}
    else if (upstreams > 0) this.loaded = {...this.loaded, served: undefined}
  }

  /** Returns the number of upstreams whose entry changed. */
  private async write({entries: wanted, waiting}: LivePlan): Promise<number> {
    const before = this.entries ?? (await this.readEntries())
    const kept = [...before].filter(([name]) => waiting.has(name))
    return this.setEntries(new Map([...wanted, ...kept]), before)
  }

  private async setEntries(
    entries: ReadonlyMap<string, string>,
    before: ReadonlyMap<string, string> = new Map(),
  ): Promise<number> {
    const set = new Map([...entries].filter(([name, entry]) => before.get(name) !== entry))
    const remove = [...before.keys()].filter((name) => !entries.has(name))
    this.entries = undefined
    if (set.size + remove.length > 0) {
      await this.channel.write(this.key?.word ?? '', {revision: ++this.revision, set, remove})
    }
    this.entries = entries
    return set.size + remove.length
  }

  private async readEntries(): Promise<ReadonlyMap<string, string>> {
    this.entries = undefined
    this.key = await readKey(this.deps.layout.liveKey)
    const {revision, entries} = await this.channel.read(this.key?.word ?? '')
    this.revision = Math.max(this.revision, revision)
    return (this.entries = entries)
  }

  private forget(): void {
    this.works = false
    this.entries = undefined
    this.failures.suspect()
  }
}
