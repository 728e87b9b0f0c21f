/**
 * Makes NGINX serve a set of files in two steps. `prepare` writes and tests them and leaves out what NGINX rejects; `commit`
 * switches to the result, reloads and confirms, or rolls back. State of one apply is in its NginxChange. The Applier keeps
 * the quarantine: what NGINX rejected, until that changes or is due for a retry.
 */
import type {NginxFile} from '../../nginx-file.js'
import type {Applied, PreparedChange, PrepareOptions} from '../../data-plane.js'
import type {QuarantinedFile} from '../../data-plane-details.js'
import type {Diagnostic} from '../../../diagnostics/diagnostic.js'
import {Failure, messageOf} from '../../../diagnostics/failure.js'
import {assembleGeneration, type Generation} from '../config/generation.js'
import type {Refusal} from '../process/refusal.js'
import {diskFailure} from '../store/disk-failure.js'
import type {GenerationIndex} from '../store/generation-index.js'
import type {LiveStep} from '../live/live-updates.js'
import {Activator, differs, type Activation} from './activator.js'
import type {ConfirmDeps} from './confirm.js'
import type {RefusedFile} from './find-refused-files.js'
import {probeFiles} from './probe-files.js'
import {diagnoseLeftOut, ownersLeftOut, Quarantine, type Selection} from './quarantine.js'
import {generationsToKeep, type RequestedFiles, type Serving} from './serving.js'
import {refusedFilesOf, testIntact, type TestDeps} from './test-staged.js'
import {filesWithUnavailable, WantedFiles} from './wanted-files.js'

export type ApplierDeps = ConfirmDeps & TestDeps

/** One apply, from its prepare to its commit. */
export type NginxChange = PreparedChange & {
  readonly wanted: WantedFiles
  /** The files of it to serve. */
  readonly selection: Selection
  /** The selection, tested and on disk. */
  readonly generation: Generation
  /** The servers that go live without a reload, and nothing else does then; absent if a reload makes the change. */
  readonly live?: LiveStep | undefined
  readonly options: PrepareOptions
  /** What was known when it was prepared: the selection and the test are valid only for that. */
  readonly basis: {readonly serving: Serving; readonly served: GenerationIndex | undefined}
}

export class Applier {
  private readonly activator: Activator
  private readonly quarantine: Quarantine

  constructor(private readonly deps: ApplierDeps) {
    this.activator = new Activator(deps)
    this.quarantine = new Quarantine((path) => this.readService(path), deps.clock)
  }

  /** The generation that NGINX is confirmed to serve. */
  get served(): GenerationIndex | undefined {
    return this.activator.served
  }

  get quarantined(): readonly QuarantinedFile[] {
    return this.quarantine.content
  }

  /** The generation whose listeners NGINX has: see ownedBy. */
  get ownedByNginx(): GenerationIndex | undefined {
    return this.activator.ownedByNginx
  }

  /** Takes over an NGINX that an earlier lbex left running, if there is one. */
  adopt(signal: AbortSignal): Promise<void> {
    return this.activator.adopt(signal)
  }

  /** See DataPlane.prepare. */
  prepare(
    files: readonly NginxFile[],
    signal: AbortSignal,
    options: PrepareOptions = {},
  ): Promise<NginxChange> {
    const wanted = new WantedFiles(files, options.without)
    return this.freeingDisk(() => this.prepareWanted(wanted, signal, {options}))
  }

  /** See DataPlane.commit. */
  commit(change: NginxChange, signal: AbortSignal): Promise<Applied> {
    return this.freeingDisk(() => this.commitChange(change, signal))
  }

  /**
   * Serves what was requested last: after NGINX died, before anything was committed, or to retry what was left out. Probes the
   * listeners first, because its caller has not. Returns what is left out now.
   */
  async restart(signal: AbortSignal): Promise<readonly Diagnostic[]> {
    const {serving} = this.activator
    const last = serving.last ?? (await this.onDisk())
    if (!last) return []
    const entries = serving.last ? undefined : this.deps.live?.currentEntries
    const wanted = new WantedFiles(last.requested, last.without)
    const {diagnostics} = await this.freeingDisk(async () =>
      this.commitChange(await this.prepareWanted(wanted, signal, {probe: true}), signal),
    )
    if (this.served?.id === serving.current?.id) await this.deps.live?.restore(entries)
    return [...diagnostics, ...diagnoseLeftOut(wanted.leftOut)]
  }

  private async onDisk(): Promise<RequestedFiles | undefined> {
    const {tree, log} = this.deps
    const live = await tree.readCurrent().catch(diskFailure)
    if (live?.damaged.length) log.warn('damaged files are not served', {files: live.damaged})
    return live && {requested: live.files}
  }

  private readService(path: string): Promise<string | undefined> {
    return this.deps.tree.readService(path).catch(diskFailure)
  }

  private async prepareWanted(
    wanted: WantedFiles,
    signal: AbortSignal,
    {probe = false, options = {}}: {probe?: boolean; options?: PrepareOptions} = {},
  ): Promise<NginxChange> {
    this.quarantine.begin(wanted.requested)
    if (!this.served) this.deps.tree.forget()
    if (probe) {
      const unavailable = await probeFiles(wanted.files, this.ownedByNginx)
      await this.leaveOut(wanted, filesWithUnavailable(wanted.files, unavailable), signal)
    }
    return this.testWanted(wanted, signal, options)
  }

  /**
   * Tests the wanted files, and leaves out rejected ones until NGINX accepts the rest. Nothing is tested or written if only servers
   * change without a reload.
   */
  private async testWanted(
    wanted: WantedFiles,
    signal: AbortSignal,
    options: PrepareOptions,
  ): Promise<NginxChange> {
    for (;;) {
      signal.throwIfAborted()
      const {serving, served} = this.activator
      const {lastGood, lastGoodServers} = serving
      const selection = await this.quarantine.select(wanted.files, lastGood, lastGoodServers)
      const generation = assembleGeneration(selection.files)
      const basis = {serving, served}
      await this.deps.live?.compare(generation, served, (path) => this.readService(path))
      // Without a master there is nothing to change without a reload, and nothing to wait for: NGINX has to be started.
      const live = this.deps.master.running && this.deps.live?.decide(generation, served?.id, options)
      if (live) return {...live, live, wanted, selection, options, basis}
      const changed = differs(served, generation) || this.activator.mustReload
      const refusal = changed ? await testIntact(this.deps, generation, signal) : undefined
      if (!refusal) return {changed, wanted, selection, generation, options, basis}
      await this.leaveOut(wanted, await this.refusedFiles(refusal, selection, signal), signal)
    }
  }

  private async commitChange(prepared: NginxChange, signal: AbortSignal): Promise<Applied> {
    const {wanted, options} = prepared
    const before = this.served?.id
    let change = prepared
    let reloads = 0
    for (;;) {
      signal.throwIfAborted()
      if (!this.isUpToDate(change)) change = await this.testWanted(wanted, signal, options)
      if (change.live && (await this.deps.live?.apply(change.live))) break
      if (change.live) {
        // Now it is a reload, which waits if none is allowed yet.
        change = await this.testWanted(wanted, signal, options)
        continue
      }
      const {selection, generation} = change
      const consolidates = this.deps.live?.serves(generation)
      const activation = await this.activator.activate(generation, selection.files, signal, {consolidates})
      reloads += activation.reloads
      const refused = await this.refusedBy(activation, selection, signal)
      if (refused.length === 0) break
      await this.leaveOut(wanted, refused, signal)
      change = await this.testWanted(wanted, signal, options)
    }
    this.activator.complete(wanted, {isPartial: change.live?.deferred})
    return this.finish(change, before, reloads)
  }

  /** False if NGINX was restarted, exited, or serves another generation than when the change was prepared. */
  private isUpToDate({basis}: NginxChange): boolean {
    return basis.serving === this.activator.serving && basis.served === this.served
  }

  private async leaveOut(
    wanted: WantedFiles,
    refused: readonly RefusedFile[],
    signal: AbortSignal,
  ): Promise<void> {
    this.quarantine.add(await wanted.exclude(refused, signal))
  }

  /** Empty if NGINX serves the selection. */
  private async refusedBy(
    {refusal, unavailable}: Activation,
    selection: Selection,
    signal: AbortSignal,
  ): Promise<RefusedFile[]> {
    if (refusal) return this.refusedFiles(refusal, selection, signal)
    return filesWithUnavailable(selection.files, unavailable)
  }

  private refusedFiles(refusal: Refusal, selection: Selection, signal: AbortSignal): Promise<RefusedFile[]> {
    const {serving, served} = this.activator
    return refusedFilesOf(this.deps, {refusal, selection, current: serving.current, served}, signal)
  }

  private async finish(
    {selection, generation, live}: NginxChange,
    before: string | undefined,
    reloads: number,
  ): Promise<Applied> {
    const {id} = this.activator.serving.current ?? generation
    if (this.deps.tree.isLittered) await this.tidy()
    return {
      ...{generation: id, changed: id !== before || reloads > 0 || live?.changed === true, reloads},
      ...(live?.changed && {live: true}),
      ...(live?.deferred && {deferred: true, ...(live.waiting && {waiting: live.waiting})}),
      diagnostics: diagnoseLeftOut(selection.leftOut),
      quarantined: ownersLeftOut(selection.leftOut),
    }
  }

  /** After a disk error, removes staged files that will not be used: they may fill the disk. */
  private async freeingDisk<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Failure && error.code === 'directory-unusable') await this.tidy()
      throw error
    }
  }

  /** Removes everything from disk except what NGINX serves or may have to serve again. */
  private async tidy(): Promise<void> {
    const {tree, log} = this.deps
    const {serving} = this.activator
    try {
      // After a rollback that failed, `current` names a generation that is not known here.
      if ((await tree.current()) !== serving.current?.id) return
      await tree.keepOnly(generationsToKeep(serving))
    } catch (error) {
      log.warn('could not remove old files', {error: messageOf(error)})
    }
  }
}
