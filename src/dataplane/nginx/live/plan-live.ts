/** Decides which differences between two configurations can go live without a reload. */
import {isDeepStrictEqual} from 'node:util'
import {listenerId, type ListenerKey} from '../../../core/model/listener-key.js'
import type {ObjectRef} from '../../../diagnostics/diagnostic.js'
import type {LiveListener, NginxFile} from '../../nginx-file.js'
import {requestedFiles, type Generation} from '../config/generation.js'
import {formatEntry, NO_SERVER} from './entry.js'

export type LivePlan = {
  /** By the name of the upstream: the entries that the dictionary must have. */
  readonly entries: ReadonlyMap<string, string>
  /** Upstreams whose listeners need a reload: their entries stay as they are until then. */
  readonly waiting: ReadonlySet<string>
  /** False if a part of the difference needs a reload. */
  readonly complete: boolean
  /** The Services of the files that need a reload: NGINX does not serve yet what they request. May name a Service twice. */
  readonly owners: readonly ObjectRef[]
}

/** The plan of a change from the loaded generation to another one. `idle` as in planLive. */
export function planBetween(loaded: Generation, wanted: Generation, idle: readonly ListenerKey[]): LivePlan {
  return planLive(requestedFiles(loaded), requestedFiles(wanted), idle)
}

/**
 * Compares what NGINX has loaded with what is wanted, listener by listener:
 *
 *  loaded | wanted | without a reload
 *  yes    | yes    | if only the servers differ, and the dictionary can replace them
 *  yes    | idle   | yes: it has no server now, so that it refuses clients; the next reload closes it
 *  yes    | no     | no: it must be closed
 *  no     | yes    | no: it must be opened
 *
 * nginx.conf and files that were not rendered for this need a reload if they differ. `idle`: listeners that Services still have,
 * although they have no server.
 */
export function planLive(
  loaded: readonly NginxFile[],
  wanted: readonly NginxFile[],
  idle: readonly ListenerKey[],
): LivePlan {
  const [left, come] = [withoutObjectsOf(wanted, loaded), withoutObjectsOf(loaded, wanted)]
  const before = changedPart(left, come)
  const after = changedPart(come, left)
  const idleIds = idleOnly(idle, wanted)
  const entries = new Map<string, string>()
  const waiting = new Set<string>()
  for (const [id, listener] of before.listeners) {
    const entry = entryFor(listener, after.listeners.get(id), idleIds.has(id))
    if (entry === 'reload') waiting.add(listener.upstream)
    else if (entry !== 'same') entries.set(listener.upstream, entry)
  }
  for (const upstream of waiting) entries.delete(upstream)
  const isLive = ({key}: LiveListener): boolean => {
    const listener = before.listeners.get(listenerId(key))
    return listener !== undefined && !waiting.has(listener.upstream)
  }
  const needReload = [...before.files, ...after.files].filter(({live, listeners}) => {
    return live?.length !== listeners.length || !live.every(isLive)
  })
  return {
    ...{entries, waiting},
    complete: before.known && after.known && needReload.length === 0,
    owners: needReload.flatMap((file) => file.owners),
  }
}

/** A listener that is wanted in another form, such as a shared one, serves until the reload. */
function idleOnly(idle: readonly ListenerKey[], wanted: readonly NginxFile[]): ReadonlySet<string> {
  const ids = new Set(idle.map(listenerId))
  if (ids.size === 0) return ids
  for (const {listeners} of wanted) for (const key of listeners) ids.delete(listenerId(key))
  return ids
}

type ChangedPart = {
  readonly files: readonly NginxFile[]
  /** By listenerId. */
  readonly listeners: ReadonlyMap<string, LiveListener>
  /** False if something differs that belongs to no Service: nginx.conf, say. */
  readonly known: boolean
}

/** Nearly all of thousands of files are the same objects: comparing these by path would take longer than all else. */
function withoutObjectsOf(others: readonly NginxFile[], files: readonly NginxFile[]): readonly NginxFile[] {
  const known = new Set(others)
  return files.filter((file) => !known.has(file))
}

/** What is in the files that `others` does not have. Files with equal paths are equal, except for nginx.conf. */
function changedPart(files: readonly NginxFile[], others: readonly NginxFile[]): ChangedPart {
  const present = new Map(others.map((file) => [file.path, file]))
  const changed = files.filter((file) => {
    const other = present.get(file.path)
    return !other || (file.owners.length === 0 && file.text !== other.text)
  })
  const listeners = changed.flatMap(({live = []}) => live)
  return {
    files: changed,
    listeners: new Map(listeners.map((listener) => [listenerId(listener.key), listener])),
    known: changed.every((file) => file.owners.length > 0),
  }
}

/** `same`: NGINX uses the upstream as it is loaded; `reload`: only a reload makes the difference. */
function entryFor(loaded: LiveListener, wanted: LiveListener | undefined, isIdle: boolean): string {
  if (!wanted) return isIdle ? NO_SERVER : 'reload'
  if (wanted.shape !== loaded.shape) return 'reload'
  if (isDeepStrictEqual(wanted.servers, loaded.servers)) return 'same'
  return (wanted.replaceable && formatEntry(wanted.servers)) || 'reload'
}
