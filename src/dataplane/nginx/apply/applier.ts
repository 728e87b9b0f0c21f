/** Makes NGINX serve a set of files: plan, stage, test, switch, reload, confirm; on refusal back, and on without the culprit. */
import type {ConfigFile} from '../../config-file.js'
import {assembleGeneration, type Generation} from '../config/generation.js'
import {listenerId} from '../../../core/model/listener-key.js'
import type {Diagnostic} from '../../../diagnostics/diagnostic.js'
import {Failure, messageOf} from '../../../diagnostics/failure.js'
import {allEnded} from '../../../util/all-ended.js'
import type {Logger} from '../../../util/logger.js'
import {isEmpty, planChanges} from '../store/change-set.js'
import type {Complaint} from '../process/complaint.js'
import {findCulprits, type Court, type Culprit, type Suspects} from './culprits.js'
import {interimBefore} from './interim.js'
import {EMPTY, listenersOf, manifestOf, type Manifest} from '../store/manifest.js'
import type {Applied, ApplyOptions, Observe, ReloadReason} from '../../data-plane.js'
import {observeReload, observeStart, observeTest} from './observe.js'
import {probeFiles, probePatiently} from './probe-files.js'
import {diagnoseLeftOut, Quarantine, type Selection} from './quarantine.js'
import {reload, type ReloadDeps} from '../process/reload.js'
import {impatient, TEST_LIMIT, testConfiguration} from './test-configuration.js'
import {diskTrouble, type Tree} from '../store/tree.js'
import {holdersAmong, Wanted} from './wanted.js'

export type ApplierDeps = ReloadDeps & {
  readonly tree: Tree
  readonly binary: string
  readonly log: Logger
  readonly observe?: Observe | undefined
}

type How = Pick<ApplyOptions, 'ready'> & {
  readonly signal: AbortSignal
  /** True when nobody has probed the listeners yet. */
  readonly probe?: boolean
}

export class Applier {
  /** The generation that `current` names: what NGINX serves, or served last. */
  private current: Manifest | undefined
  private previous: Manifest | undefined
  /** The last generation that held everything that was asked for: an interim one does not, and lends no files. */
  private lastGood: Manifest | undefined
  /** False while it is not known whether NGINX serves `current`: the next apply then reloads whatever it finds. */
  private confirmed = false
  /** True once there was an NGINX of ours: where it dies it will be restarted. */
  private owned = false
  /** What was asked for by the last apply that succeeded. */
  private applied: Pick<Wanted, 'asked' | 'without'> | undefined
  /** True once something was staged that may not be served: an apply can be for nothing. */
  private littered = false
  private reloads = 0
  /** Of reloads: before the first apply there are only those that finish what an earlier lbex began. */
  private reason: ReloadReason = 'interrupted'
  private readonly quarantine: Quarantine

  constructor(private readonly deps: ApplierDeps) {
    const {tree, clock} = deps
    this.quarantine = new Quarantine((path) => tree.readService(path).catch(diskTrouble), clock)
  }

  /** What NGINX serves for certain. */
  get served(): Manifest | undefined {
    return this.confirmed && this.deps.master.running ? this.current : undefined
  }

  /**
   * What has the listeners that processes of ours hold, or will again as soon as NGINX is restarted; undefined where they
   * hold some and nothing on disk says which.
   */
  get held(): Manifest | undefined {
    return this.owned ? this.current : EMPTY
  }

  /** Takes over an NGINX that an earlier lbex left running, if there is one. */
  async adopt(signal: AbortSignal): Promise<void> {
    const {tree, master, log} = this.deps
    const served = await master.adopt(signal)
    const id = await tree.current()
    this.current = id === undefined ? undefined : await tree.readManifest(id)
    this.lastGood = this.current
    this.owned = served !== undefined || master.hasOrphans()
    if (served === undefined) return
    this.confirmed = served === id && this.current !== undefined
    if (!this.confirmed && this.current) await this.finishInterrupted(this.current.id, served, signal)
    log.info('NGINX adopted', {pid: master.running?.pid, generation: this.served?.id})
  }

  /** See DataPlane.apply. */
  apply(
    files: readonly ConfigFile[],
    signal: AbortSignal,
    {ready, without}: ApplyOptions = {},
  ): Promise<Applied> {
    return this.applyWanted(new Wanted(files, without), {signal, ready})
  }

  /**
   * Serves what was asked for last: after NGINX died, before anything was applied, or to try again what was left out.
   * Returns what is left out now.
   */
  async restart(signal: AbortSignal): Promise<readonly Diagnostic[]> {
    const last = this.applied ?? (await this.onDisk())
    if (!last) return []
    const wanted = new Wanted(last.asked, last.without)
    const {diagnostics} = await this.applyWanted(wanted, {signal, probe: true})
    return [...diagnostics, ...diagnoseLeftOut(wanted.leftOut)]
  }

  private async applyWanted(wanted: Wanted, how: How): Promise<Applied> {
    try {
      return await this.applyWithoutCulprits(wanted, how)
    } catch (error) {
      // What was staged in vain may be what the disk is full of.
      if (error instanceof Failure && error.code === 'directory-unusable') await this.tidy()
      throw error
    }
  }

  private async applyWithoutCulprits(wanted: Wanted, how: How): Promise<Applied> {
    const {signal} = how
    this.reloads = 0
    this.quarantine.begin(wanted.asked)
    if (!this.served) this.deps.tree.forget()
    const before = this.served?.id
    if (how.probe) this.quarantine.add(await wanted.exclude(await this.probe(wanted), signal))
    for (;;) {
      signal.throwIfAborted()
      const selection = await this.quarantine.select(wanted.files, this.lastGood)
      const culprits = await this.makeServed(selection, how)
      if (!culprits) {
        this.applied = wanted
        this.lastGood = this.current
        return this.finish(selection, before)
      }
      this.quarantine.add(await wanted.exclude(culprits, signal))
    }
  }

  private async probe({files}: Wanted): Promise<Culprit[]> {
    return holdersAmong(files, await probeFiles(files, this.held))
  }

  private async onDisk(): Promise<Pick<Wanted, 'asked' | 'without'> | undefined> {
    const {tree, log} = this.deps
    const live = await tree.readCurrent().catch(diskTrouble)
    if (live?.damaged.length) log.warn('damaged files are not served', {files: live.damaged})
    return live && {asked: live.files}
  }

  /** Undefined once NGINX serves the selection; otherwise who is to be left out of it. */
  private async makeServed(
    selection: Selection,
    {signal, ready}: How,
  ): Promise<readonly Culprit[] | undefined> {
    const generation = assembleGeneration(selection.files)
    const wanted = manifestOf(generation)
    if (isEmpty(planChanges(this.served, wanted))) return undefined
    const refused = await this.judgeIntact(generation, signal)
    if (refused) return this.culpritsOf(refused, selection, signal)
    await ready?.()
    signal.throwIfAborted()
    const held = await this.heldAtStart(selection, signal)
    if (held.length > 0) return held
    const move = {files: selection.files, held: this.held}
    const interim = this.deps.master.running && interimBefore(wanted, move)
    this.reason = interim ? 'move' : this.confirmed ? 'change' : 'uncertain'
    const complaint =
      (interim && (await this.activate(interim, signal))) ?? (await this.activate(generation, signal))
    return complaint && this.culpritsOf(complaint, selection, signal)
  }

  private culpritsOf(complaint: Complaint, selection: Selection, signal: AbortSignal): Promise<Culprit[]> {
    return findCulprits(complaint, this.suspects(selection), this.court(complaint, selection, signal))
  }

  /** NGINX tries for seconds to get a port that is held, and then ends: so all ports are probed before it is started. */
  private async heldAtStart({files}: Selection, signal: AbortSignal): Promise<Culprit[]> {
    const {master, clock} = this.deps
    if (master.running) return []
    await master.retireOthers(signal)
    return holdersAmong(files, await probePatiently(files, clock, signal))
  }

  /** What NGINX refuses although nothing on disk is damaged. */
  private async judgeIntact(generation: Generation, signal: AbortSignal): Promise<Complaint | undefined> {
    const complaint = await this.judge(generation, signal)
    const repaired = complaint && (await this.deps.tree.repair(generation).catch(diskTrouble))
    return repaired ? this.judge(generation, signal) : complaint
  }

  /** What NGINX thinks of a generation, on disk. */
  private async judge(
    generation: Generation,
    signal: AbortSignal,
    limit = TEST_LIMIT,
  ): Promise<Complaint | undefined> {
    const {tree, binary} = this.deps
    this.littered = true
    const path = await tree.stage(generation).catch(diskTrouble)
    const testing = observeTest(this.deps, () => testConfiguration(binary, path, {signal, limit}))
    const [complaint] = await allEnded([testing, tree.seal(generation).catch(diskTrouble)])
    return complaint
  }

  /** Switches `current` and has NGINX serve it; goes back when it does not. */
  private async activate(generation: Generation, signal: AbortSignal): Promise<Complaint | undefined> {
    const {tree} = this.deps
    await tree.stage(generation).catch(diskTrouble)
    await tree.seal(generation).catch(diskTrouble)
    const before = await tree.current()
    await tree.switchTo(generation.id).catch(diskTrouble)
    try {
      const complaint = await this.confirm(generation.id, signal)
      if (complaint) await tree.switchTo(before).catch(diskTrouble)
      else this.settle(generation)
      return complaint
    } catch (error) {
      this.confirmed = false
      if (!signal.aborted) await this.goBack(before)
      throw error
    }
  }

  /** Starts or reloads NGINX. */
  private async confirm(id: string, signal: AbortSignal): Promise<Complaint | undefined> {
    const {master, limit} = this.deps
    if (!master.running) return observeStart(this.deps, () => master.start(id, limit, signal))
    // A reload may still be under way, and may have read `current` while it was switched: only the next one surely did not.
    return (!this.confirmed && (await this.reload(id, signal))) || this.reload(id, signal)
  }

  private reload(id: string, signal: AbortSignal): Promise<Complaint | undefined> {
    this.reloads += 1
    return observeReload(this.deps, this.reason, () => reload(this.deps, id, signal))
  }

  private settle(generation: Generation): void {
    this.previous = this.current
    this.current = manifestOf(generation)
    this.confirmed = true
    this.owned = true
    this.deps.workers.look(this.deps.master.running)
    this.deps.workers.belongTo(generation.id)
  }

  /** Where it is unknown what NGINX does: it is told to serve what it served, and nobody relies on it. */
  private async goBack(before: string | undefined): Promise<void> {
    const {tree, master, log} = this.deps
    try {
      await tree.switchTo(before)
      master.signal('SIGHUP')
    } catch (error) {
      // NGINX accepts what `current` names now, too.
      log.warn('the earlier configuration cannot be gone back to', {error: messageOf(error)})
    }
  }

  /** An earlier lbex was killed between the switch and the reload, or during it. */
  private async finishInterrupted(id: string, served: string, signal: AbortSignal): Promise<void> {
    const {tree, log} = this.deps
    try {
      const complaint = await this.confirm(id, signal)
      const earlier = complaint && (await tree.readManifest(served))
      if (earlier) await tree.switchTo(served)
      this.current = earlier ?? this.current
      this.confirmed = complaint === undefined || earlier !== undefined
    } catch (error) {
      log.warn('it is not known what NGINX serves', {error: messageOf(error)})
    }
  }

  private async finish(selection: Selection, before: string | undefined): Promise<Applied> {
    const generation = this.current?.id as string
    const changed = generation !== before || this.reloads > 0
    if (this.littered) await this.tidy()
    return {
      ...{generation, changed, reloads: this.reloads},
      diagnostics: diagnoseLeftOut(selection.leftOut),
      quarantined: selection.leftOut.map(({owner}) => owner),
    }
  }

  /** Leaves on disk only what NGINX serves, or may have to. */
  private async tidy(): Promise<void> {
    const {tree, log} = this.deps
    try {
      const named = await tree.current()
      // Where going back failed, this is one that is not known here.
      if (named !== this.current?.id) return
      // What cannot be removed is tried again with the next change, not with each turn.
      this.littered = false
      await tree.keepOnly([this.current, this.previous, this.lastGood].flatMap((each) => each ?? []))
    } catch (error) {
      log.warn('old files could not be removed', {error: messageOf(error)})
    }
  }

  private suspects({files, kept}: Selection): Suspects {
    const known = new Set(this.current?.files.map(({path}) => path))
    const services = files.filter((file) => file.owner && !kept.includes(file))
    return {
      trusted: services.filter(({path}) => known.has(path)),
      changed: services.filter(({path}) => !known.has(path)),
      kept,
    }
  }

  private court(complaint: Complaint, {files}: Selection, signal: AbortSignal): Court {
    const main = files.filter(({owner}) => !owner)
    const {served} = this
    const held = new Set((served ? listenersOf(served) : []).map(listenerId))
    const test = (some: readonly ConfigFile[], limit: number): Promise<Complaint | undefined> =>
      this.judge(assembleGeneration([...main, ...some]), signal, limit)
    return {
      judge: complaint.exhausted ? impatient(test, this.deps.clock) : (some) => test(some, TEST_LIMIT),
      holds: (key) => held.has(listenerId(key)),
    }
  }
}
