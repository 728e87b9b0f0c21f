/** One reconcile: read the source, translate and prepare what was read, commit it. `run --once` does one, `run` many. */
import type {HostState} from '../core/model/host-state.js'
import {listenerId} from '../core/model/listener-key.js'
import {idleListeners} from '../core/translate/idle-listeners.js'
import type {Translation} from '../core/translate/translator.js'
import type {NginxFile} from '../dataplane/nginx-file.js'
import {describeObject, sortDiagnostics, type Diagnostic} from '../diagnostics/diagnostic.js'
import {Failure} from '../diagnostics/failure.js'
import type {
  Applied,
  DataPlane,
  PrepareOptions,
  UnavailableListener,
  PreparedChange,
} from '../dataplane/data-plane.js'
import type {Logger} from '../util/logger.js'
import type {SnapshotReading, SnapshotSource, Trigger} from '../sources/snapshot-source.js'

/** Listeners that are unavailable on this host, by listenerId, with the reason: an input of the translator. */
export type Unavailable = HostState['unavailable']

/** What the translator returned, and the files that make NGINX serve it. */
export type WrittenTranslation = Translation & {
  /** nginx.conf, and one file for each served Service and each shared listener; assembleGeneration makes a complete tree of them. */
  readonly files: readonly NginxFile[]
}

export type ReconcileDeps = {
  readonly source: Pick<SnapshotSource, 'read'>
  readonly translate: (
    snapshot: SnapshotReading['snapshot'],
    unavailable: Unavailable,
    signal: AbortSignal,
  ) => WrittenTranslation | Promise<WrittenTranslation>
  readonly nginx: DataPlane
  readonly log: Logger
}

export type ReconcileOutcome = {
  readonly applied: Applied
  readonly snapshot: SnapshotReading['snapshot']
  /** The desired configuration; `applied` says what of it is left out. */
  readonly translation: WrittenTranslation
  /** The triggers of the changes that are now served. */
  readonly triggers: readonly Trigger[]
  /** Diagnostics of reading, translating and applying: sorted and located. */
  readonly diagnostics: readonly Diagnostic[]
  /** The number of listeners that are left out because they are unavailable on this host; absent if there are none. */
  readonly unavailable?: number
  /** Milliseconds after which to retry although nothing has changed, because listeners are unavailable. */
  readonly retryAfter?: number
}

/** A change that was read, translated and prepared. NGINX serves nothing of it until it is committed. */
export type PreparedReconcile = {
  readonly reading: SnapshotReading
  readonly change: PreparedChange
  /**
   * The latest translation, with the unavailable listeners that it leaves out. Read it after the commit: the commit may find more
   * unavailable listeners, and then translates the snapshot again.
   */
  readonly latest: () => {readonly translation: WrittenTranslation; readonly unavailable: Unavailable}
}

/** The source cannot be read: NGINX continues to serve the last configuration, which may be out of date. */
export class ReadFailure extends Failure {
  constructor({message, code, hint, temporary, cause}: Failure) {
    super(message, {code, hint, temporary, cause})
  }
}

/** Milliseconds. No event says that another program has released a port. */
const UNAVAILABLE_RETRY = 5000

/** Maximum number of Services in a log line. */
const MOST_LOGGED = 20

/** Runs all steps. Rejects with the Failure of the step that failed; NGINX then continues to serve the previous configuration. */
export async function reconcileOnce(deps: ReconcileDeps, signal: AbortSignal): Promise<ReconcileOutcome> {
  const reading = await readSource(deps.source, signal)
  return commitReconcile(deps, await prepareReconcile(deps, reading, signal), signal)
}

/** Rejects with a ReadFailure if the source rejects with a Failure. */
export async function readSource(
  source: ReconcileDeps['source'],
  signal: AbortSignal,
): Promise<SnapshotReading> {
  try {
    return await source.read(signal)
  } catch (error) {
    throw error instanceof Failure ? new ReadFailure(error) : error
  }
}

/** Translates and prepares what was read; `reload` as in PrepareOptions. Rejects as DataPlane.prepare does. */
export async function prepareReconcile(
  deps: ReconcileDeps,
  reading: SnapshotReading,
  signal: AbortSignal,
  {reload = true}: Pick<PrepareOptions, 'reload'> = {},
): Promise<PreparedReconcile> {
  logRead(deps.log, reading)
  const available = await translateAvailable(deps, reading.snapshot, signal)
  let {translation, unavailable} = available
  const without = async (found: readonly UnavailableListener[], either: AbortSignal) => {
    unavailable = unavailableOf([...available.probed, ...found])
    translation = await deps.translate(reading.snapshot, unavailable, either)
    return translation.files
  }
  const idle = idleListeners(translation)
  const change = await deps.nginx.prepare(translation.files, signal, {without, idle, reload})
  return {reading, change, latest: () => ({translation, unavailable})}
}

/** Makes NGINX serve a prepared change. Rejects as DataPlane.commit does. */
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
    snapshot: reading.snapshot,
    translation,
    triggers: reading.triggers ?? [],
    diagnostics: sortDiagnostics(reading.locate(found)),
    ...(unavailable.size > 0 && {unavailable: unavailable.size}),
    ...((unavailable.size > 0 || lostRace(applied)) && {retryAfter: UNAVAILABLE_RETRY}),
  }
}

/** Leaves out unavailable listeners: a single one of them would make NGINX reject the whole configuration. */
async function translateAvailable(
  {translate, nginx}: ReconcileDeps,
  snapshot: SnapshotReading['snapshot'],
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

/** Another program took a port between the probe and the reload. */
function lostRace({diagnostics}: Applied): boolean {
  return diagnostics.some(({code}) => code === 'port-held')
}

function logApplied(log: Logger, {generation, changed, reloads, quarantined, live}: Applied): void {
  if (!changed) return log.debug('configuration unchanged', {generation})
  if (live) return log.debug('servers changed without a reload', {generation})
  log.info('configuration applied', {generation, reloads, ...(quarantined.length > 0 && {quarantined})})
}

/** Which Services' endpoints changed, so that a change can be followed from here to the reload. */
function logRead(log: Logger, {snapshot, triggers = []}: SnapshotReading): void {
  const changed = new Set(triggers.map(({service}) => describeObject(service)))
  log.debug('source read', {
    services: snapshot.services.length,
    ...(changed.size > 0 && {changedEndpoints: [...changed].slice(0, MOST_LOGGED)}),
  })
}
