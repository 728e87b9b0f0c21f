/**
 * Makes NGINX serve a set of files in two steps. `prepare` writes and tests them and leaves out what NGINX refuses; `commit`
 * switches to the result, reloads and confirms, or goes back. What belongs to one apply is in its NginxChange; the Applier
 * itself keeps what NGINX serves, and the quarantine: what NGINX refused, until that changes or is due for a retry.
 */
import type {ConfigFile} from '../../config-file.js'
import type {
  Applied,
  PreparedChange,
  PrepareOptions,
  ReloadReason,
  UnavailableListener,
} from '../../data-plane.js'
import type {Diagnostic} from '../../../diagnostics/diagnostic.js'
import {Failure, messageOf} from '../../../diagnostics/failure.js'
import {assembleGeneration, type Generation} from '../config/generation.js'
import type {Complaint} from '../process/complaint.js'
import {isEmpty, planChanges} from '../store/change-set.js'
import {manifestOf, type Manifest} from '../store/manifest.js'
import {diskTrouble} from '../store/tree.js'
import {adopt} from './adopt.js'
import {confirm, goBack, type Confirmation, type ConfirmDeps} from './confirm.js'
import type {Culprit} from './culprits.js'
import {interimBefore} from './interim.js'
import {probeFiles, probePatiently} from './probe-files.js'
import {diagnoseLeftOut, ownersLeftOut, Quarantine, type Selection} from './quarantine.js'
import {
  completed,
  doubted,
  generationsToKeep,
  ownedBy,
  NOTHING_SERVED,
  switched,
  type Asked,
  type Serving,
} from './serving.js'
import {findRefused, testIntact, type TestDeps} from './test-staged.js'
import {holdersAmong, Wanted} from './wanted.js'

export type ApplierDeps = ConfirmDeps & TestDeps

/** One apply, from its prepare to its commit. */
export type NginxChange = PreparedChange & {
  readonly wanted: Wanted
  /** What is to be served of it. */
  readonly selection: Selection
  /** The selection, tested and on disk. */
  readonly generation: Generation
  /** What was known when it was prepared: the selection and the test hold only for that. */
  readonly basis: {readonly serving: Serving; readonly served: Manifest | undefined}
}

/** How one try to have a change served ended: served if there are no culprits. */
type Try = {readonly culprits: readonly Culprit[]; readonly reloads: number}

export class Applier {
  private serving: Serving = NOTHING_SERVED
  private readonly quarantine: Quarantine

  constructor(private readonly deps: ApplierDeps) {
    const {tree, clock} = deps
    this.quarantine = new Quarantine((path) => tree.readService(path).catch(diskTrouble), clock)
  }

  /** What NGINX serves for certain. */
  get served(): Manifest | undefined {
    const {state, current} = this.serving
    return state === 'confirmed' && this.deps.master.running ? current : undefined
  }

  /** The generation whose listeners NGINX has: see ownedBy. */
  get ownedByNginx(): Manifest | undefined {
    return ownedBy(this.serving)
  }

  /** Takes over an NGINX that an earlier lbex left running, if there is one. */
  async adopt(signal: AbortSignal): Promise<void> {
    this.serving = await adopt(this.deps, signal)
  }

  /** See DataPlane.prepare. */
  prepare(
    files: readonly ConfigFile[],
    signal: AbortSignal,
    {without}: PrepareOptions = {},
  ): Promise<NginxChange> {
    return this.freeingDisk(() => this.prepareWanted(new Wanted(files, without), signal))
  }

  /** See DataPlane.commit. */
  commit(change: NginxChange, signal: AbortSignal): Promise<Applied> {
    return this.freeingDisk(() => this.commitChange(change, signal))
  }

  /**
   * Serves what was asked for last: after NGINX died, before anything was committed, or to retry what was left out. Probes the
   * listeners first, because its caller has not. Returns what is left out now.
   */
  async restart(signal: AbortSignal): Promise<readonly Diagnostic[]> {
    const last = this.serving.asked ?? (await this.onDisk())
    if (!last) return []
    const wanted = new Wanted(last.asked, last.without)
    const {diagnostics} = await this.freeingDisk(async () =>
      this.commitChange(await this.prepareWanted(wanted, signal, {probe: true}), signal),
    )
    return [...diagnostics, ...diagnoseLeftOut(wanted.leftOut)]
  }

  private async onDisk(): Promise<Asked | undefined> {
    const {tree, log} = this.deps
    const live = await tree.readCurrent().catch(diskTrouble)
    if (live?.damaged.length) log.warn('damaged files are not served', {files: live.damaged})
    return live && {asked: live.files}
  }

  private async prepareWanted(
    wanted: Wanted,
    signal: AbortSignal,
    {probe = false} = {},
  ): Promise<NginxChange> {
    this.quarantine.begin(wanted.asked)
    if (!this.served) this.deps.tree.forget()
    if (probe) {
      const {files} = wanted
      await this.leaveOut(wanted, holdersAmong(files, await probeFiles(files, this.ownedByNginx)), signal)
    }
    return this.testWanted(wanted, signal)
  }

  /** Tests what is wanted, with fewer and fewer files until NGINX accepts them. */
  private async testWanted(wanted: Wanted, signal: AbortSignal): Promise<NginxChange> {
    for (;;) {
      signal.throwIfAborted()
      const {serving, served} = this
      const selection = await this.quarantine.select(wanted.files, serving.lastGood)
      const generation = assembleGeneration(selection.files)
      const changed = differs(served, generation)
      const complaint = changed ? await testIntact(this.deps, generation, signal) : undefined
      if (!complaint) return {changed, wanted, selection, generation, basis: {serving, served}}
      await this.leaveOut(wanted, await this.findRefused(complaint, selection, signal), signal)
    }
  }

  private async commitChange(prepared: NginxChange, signal: AbortSignal): Promise<Applied> {
    const {wanted} = prepared
    const before = this.served?.id
    let change = prepared
    let reloads = 0
    for (;;) {
      signal.throwIfAborted()
      if (!this.isUpToDate(change)) change = await this.testWanted(wanted, signal)
      const tried = await this.serve(change, signal)
      reloads += tried.reloads
      if (tried.culprits.length === 0) break
      await this.leaveOut(wanted, tried.culprits, signal)
      change = await this.testWanted(wanted, signal)
    }
    this.serving = completed(this.serving, wanted)
    return this.finish(change, before, reloads)
  }

  /** False once NGINX was restarted, died, or serves something else than when the change was prepared. */
  private isUpToDate({basis}: NginxChange): boolean {
    return basis.serving === this.serving && basis.served === this.served
  }

  private async leaveOut(wanted: Wanted, culprits: readonly Culprit[], signal: AbortSignal): Promise<void> {
    this.quarantine.add(await wanted.exclude(culprits, signal))
  }

  private findRefused(complaint: Complaint, selection: Selection, signal: AbortSignal): Promise<Culprit[]> {
    const {served} = this
    const refused = {complaint, selection, current: this.serving.current, served}
    return findRefused(this.deps, refused, signal)
  }

  private async serve({selection, generation}: NginxChange, signal: AbortSignal): Promise<Try> {
    if (!differs(this.served, generation)) return {culprits: [], reloads: 0}
    const unavailable = await this.unavailableAtStart(selection, signal)
    if (unavailable.length > 0) return {culprits: unavailable, reloads: 0}
    const interim = this.interimBefore(selection, generation)
    const reason = interim ? 'move' : this.serving.state === 'confirmed' ? 'change' : 'uncertain'
    let reloads = 0
    for (const step of interim ? [interim, generation] : [generation]) {
      const confirmation = await this.activate(step, reason, signal)
      reloads += confirmation.reloads
      const {complaint} = confirmation
      if (complaint) return {culprits: await this.findRefused(complaint, selection, signal), reloads}
    }
    return {culprits: [], reloads}
  }

  private interimBefore({files}: Selection, generation: Generation): Generation | undefined {
    if (!this.deps.master.running) return undefined
    return interimBefore(manifestOf(generation), {files, owned: this.ownedByNginx})
  }

  /** NGINX tries for seconds to get a port that is held, and then ends: so ports are probed before it is started. */
  private async unavailableAtStart({files}: Selection, signal: AbortSignal): Promise<Culprit[]> {
    return this.deps.master.running ? [] : holdersAmong(files, await this.probeForStart(files, signal))
  }

  /** Orphans keep other programs off their ports. They are not probed, and so can accept connections until NGINX starts. */
  private async probeForStart(
    files: readonly ConfigFile[],
    signal: AbortSignal,
  ): Promise<UnavailableListener[]> {
    const {master, clock} = this.deps
    const {state, current} = this.serving
    if (state !== 'none' && current && master.hasOrphans()) return probeFiles(files, current)
    await master.retireLeftovers(signal)
    return probePatiently(files, clock, signal)
  }

  /** Switches `current` and has NGINX serve it; goes back if it does not. */
  private async activate(
    generation: Generation,
    reason: ReloadReason,
    signal: AbortSignal,
  ): Promise<Confirmation> {
    const {tree} = this.deps
    await tree.stage(generation).catch(diskTrouble)
    await tree.seal(generation).catch(diskTrouble)
    const before = await tree.current()
    await tree.switchTo(generation.id).catch(diskTrouble)
    try {
      const uncertain = this.serving.state !== 'confirmed'
      const confirmation = await confirm(this.deps, generation.id, {reason, uncertain}, signal)
      if (confirmation.complaint) await tree.switchTo(before).catch(diskTrouble)
      else this.noteServed(generation)
      return confirmation
    } catch (error) {
      this.serving = doubted(this.serving)
      if (!signal.aborted) await goBack(this.deps, before)
      throw error
    }
  }

  private noteServed(generation: Generation): void {
    const {workers, master} = this.deps
    this.serving = switched(this.serving, manifestOf(generation))
    workers.look(master.running)
    workers.belongTo(generation.id)
  }

  private async finish(
    {selection, generation}: NginxChange,
    before: string | undefined,
    reloads: number,
  ): Promise<Applied> {
    const {id} = this.serving.current ?? generation
    if (this.deps.tree.isLittered) await this.tidy()
    return {
      ...{generation: id, changed: id !== before || reloads > 0, reloads},
      diagnostics: diagnoseLeftOut(selection.leftOut),
      quarantined: ownersLeftOut(selection.leftOut),
    }
  }

  /** If the disk is in the way, what was staged in vain may be what it is full of. */
  private async freeingDisk<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Failure && error.code === 'directory-unusable') await this.tidy()
      throw error
    }
  }

  /** Leaves on disk only what NGINX serves, or may have to. */
  private async tidy(): Promise<void> {
    const {tree, log} = this.deps
    try {
      // If going back failed, `current` names a generation that is not known here.
      if ((await tree.current()) !== this.serving.current?.id) return
      await tree.keepOnly(generationsToKeep(this.serving))
    } catch (error) {
      log.warn('old files could not be removed', {error: messageOf(error)})
    }
  }
}

function differs(served: Manifest | undefined, generation: Generation): boolean {
  return !isEmpty(planChanges(served, manifestOf(generation)))
}
