/** One reconcile: read the source, translate and prepare what was read, commit it. `run --once` is one of these, `run` many. */
import type {HostState} from '../core/model/host-state.js'
import {listenerId} from '../core/model/listener-key.js'
import type {Translation} from '../core/translate/translator.js'
import type {ConfigFile} from '../dataplane/config-file.js'
import {sortDiagnostics, type Diagnostic} from '../diagnostics/diagnostic.js'
import {Failure} from '../diagnostics/failure.js'
import type {Applied, DataPlane, UnavailableListener, PreparedChange} from '../dataplane/data-plane.js'
import type {Logger} from '../util/logger.js'
import type {Reading, SnapshotSource, Trigger} from '../sources/snapshot-source.js'

/** Listeners that the host does not give, by listenerId, with the reason: an input of the translator. */
export type Unavailable = HostState['unavailable']

/** What the translator returned, and the files that make NGINX serve it. */
export type WrittenTranslation = Translation & {
  /** nginx.conf, and one file for each served Service and each shared listener; assembleGeneration makes a complete tree of them. */
  readonly files: readonly ConfigFile[]
}

export type ReconcileDeps = {
  readonly source: Pick<SnapshotSource, 'read'>
  readonly translate: (
    snapshot: Reading['snapshot'],
    unavailable: Unavailable,
    signal: AbortSignal,
  ) => WrittenTranslation | Promise<WrittenTranslation>
  readonly nginx: DataPlane
  readonly log: Logger
}

export type ReconcileOutcome = {
  readonly applied: Applied
  /** What was asked for; of it, `applied` tells what is left out. */
  readonly translation: WrittenTranslation
  /** What set off the changes that are now served. */
  readonly triggers: readonly Trigger[]
  /** Of the reading, the translation and the apply: sorted and located. */
  readonly diagnostics: readonly Diagnostic[]
  /** Milliseconds after which to try again although nothing has changed: listeners are unavailable. */
  readonly retryAfter?: number
}

/** What was read, translated and prepared: nothing of it is served before it is committed. */
export type PreparedReconcile = {
  readonly reading: Reading
  readonly change: PreparedChange
  /**
   * What is asked for as of now, with the listeners it leaves out. Read it after the commit, which may find that further
   * listeners are unavailable and then has the snapshot translated once more.
   */
  readonly latest: () => {readonly translation: WrittenTranslation; readonly unavailable: Unavailable}
}

/** The source cannot be read: what is served may be out of date, and continues to be served. */
export class ReadFailure extends Failure {
  constructor({message, code, hint, temporary, cause}: Failure) {
    super(message, {code, hint, temporary, cause})
  }
}

/** Nothing tells when another program lets go of a port. */
const UNAVAILABLE_RETRY = 5000

/** All steps at once. Rejects with the Failure of the step that failed; NGINX then serves what it served before. */
export async function reconcileOnce(deps: ReconcileDeps, signal: AbortSignal): Promise<ReconcileOutcome> {
  const reading = await readSource(deps.source, signal)
  return commitReconcile(deps, await prepareReconcile(deps, reading, signal), signal)
}

/** Rejects with a ReadFailure if the source rejects with a Failure. */
export async function readSource(source: ReconcileDeps['source'], signal: AbortSignal): Promise<Reading> {
  try {
    return await source.read(signal)
  } catch (error) {
    throw error instanceof Failure ? new ReadFailure(error) : error
  }
}

/** Translates what was read and prepares it. Rejects as DataPlane.prepare does. */
export async function prepareReconcile(
  deps: ReconcileDeps,
  reading: Reading,
  signal: AbortSignal,
): Promise<PreparedReconcile> {
  const around = await translateAround(deps, reading.snapshot, signal)
  let {translation, unavailable} = around
  const without = async (found: readonly UnavailableListener[], either: AbortSignal) => {
    unavailable = unavailableOf([...around.probed, ...found])
    translation = await deps.translate(reading.snapshot, unavailable, either)
    return translation.files
  }
  const change = await deps.nginx.prepare(translation.files, signal, {without})
  return {reading, change, latest: () => ({translation, unavailable})}
}

/** Has a prepared change served. Rejects as DataPlane.commit does. */
export async function commitReconcile(
  {nginx, log}: Pick<ReconcileDeps, 'nginx' | 'log'>,
  {reading, change, latest}: PreparedReconcile,
  signal: AbortSignal,
): Promise<ReconcileOutcome> {
  const applied = await nginx.commit(change, signal)
  logApplied(log, applied)
  const {translation, unavailable} = latest()
  const found = [...reading.diagnostics, ...translation.diagnostics, ...applied.diagnostics]
  return {
    applied,
    translation,
    triggers: reading.triggers ?? [],
    diagnostics: sortDiagnostics(reading.locate(found)),
    ...((unavailable.size > 0 || lostRace(applied)) && {retryAfter: UNAVAILABLE_RETRY}),
  }
}

/** Leaves out the unavailable listeners, because NGINX refuses a configuration with one of them as a whole. */
async function translateAround(
  {translate, nginx}: ReconcileDeps,
  snapshot: Reading['snapshot'],
  signal: AbortSignal,
): Promise<{
  translation: WrittenTranslation
  unavailable: Unavailable
  probed: readonly UnavailableListener[]
}> {
  const wanted = await translate(snapshot, new Map(), signal)
  const probed = await nginx.probe(wanted.files)
  const unavailable = unavailableOf(probed)
  return {
    translation: unavailable.size === 0 ? wanted : await translate(snapshot, unavailable, signal),
    unavailable,
    probed,
  }
}

function unavailableOf(probed: readonly UnavailableListener[]): Unavailable {
  return new Map(probed.map(({key, error}) => [listenerId(key), error]))
}

/** Another program took a port after the probe: NGINX found out. */
function lostRace({diagnostics}: Applied): boolean {
  return diagnostics.some(({code}) => code === 'port-held')
}

function logApplied(log: Logger, {generation, changed, reloads, quarantined}: Applied): void {
  if (!changed) return log.debug('configuration unchanged', {generation})
  log.info('configuration applied', {generation, reloads, ...(quarantined.length > 0 && {quarantined})})
}
