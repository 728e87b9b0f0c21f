/** What lbex knows about what NGINX serves: one value, replaced as a whole by the transitions below. */
import type {Without} from '../../data-plane.js'
import type {NginxFile} from '../../nginx-file.js'
import {EMPTY_INDEX, type GenerationIndex} from '../store/generation-index.js'

export type Serving = {
  /**
   * `none`: no process of ours holds a listener. `uncertain`: a process of ours holds some, or did and will be restarted, and it
   * is not known whether it serves `current`, so the next commit reloads in any case. `confirmed`: NGINX answered that it serves
   * `current`.
   */
  readonly state: 'none' | 'uncertain' | 'confirmed'
  /** The generation that the link `current` names: what NGINX serves, or served last. Undefined if the disk has none. */
  readonly current: GenerationIndex | undefined
  /** What `current` was before. */
  readonly previous: GenerationIndex | undefined
  /** The last generation that held everything that was requested. An interim generation does not, and lends no files. */
  readonly lastGood: GenerationIndex | undefined
  /** The servers that NGINX confirmed for it without a reload: by the name of the upstream, as live/entry.ts writes them. */
  readonly lastGoodServers: ConfirmedServers
  /** The request of the last commit; undefined before the first. */
  readonly last: RequestedFiles | undefined
}

/** Files that a caller wants to be served, and how to get them without listeners that are unavailable. */
export type RequestedFiles = {
  readonly requested: readonly NginxFile[]
  readonly without?: Without | undefined
}

/** Entries of the dictionary of changes without a reload, by the name of the upstream. */
export type ConfirmedServers = ReadonlyMap<string, string>

/** All servers are those of the configuration. */
export const NO_SERVERS_CHANGED: ConfirmedServers = new Map()

/** Before anything is known. */
export const NOTHING_SERVED: Serving = {
  state: 'none',
  current: undefined,
  previous: undefined,
  lastGood: undefined,
  lastGoodServers: NO_SERVERS_CHANGED,
  last: undefined,
}

/** NGINX confirmed that it serves `generation`. */
export function switched(serving: Serving, generation: GenerationIndex): Serving {
  return {...serving, state: 'confirmed', current: generation, previous: serving.current}
}

/** A start or a reload gave no answer. */
export function unconfirmed(serving: Serving): Serving {
  return serving.state === 'confirmed' ? {...serving, state: 'uncertain'} : serving
}

/** `last` is served, except for what was left out. `servers`: those that differ from `current`; undefined if they are not known. */
export function completed(serving: Serving, last: RequestedFiles, servers?: ConfirmedServers): Serving {
  const {current, lastGood, lastGoodServers} = serving
  const known = current === lastGood ? lastGoodServers : NO_SERVERS_CHANGED
  return {...serving, last, lastGood: current, lastGoodServers: servers ?? known}
}

/** The same if a part of `last` waits for a reload: what `current` lacks, the last good generation may still have. */
export function partlyCompleted(serving: Serving, last: RequestedFiles, servers?: ConfirmedServers): Serving {
  const {current, lastGood} = serving
  return current === lastGood ? completed(serving, last, servers) : {...serving, last}
}

/**
 * The generation whose listeners processes of ours hold, or will hold again as soon as NGINX is restarted; undefined if they
 * hold some and the disk does not say which.
 */
export function ownedBy({state, current}: Serving): GenerationIndex | undefined {
  return state === 'none' ? EMPTY_INDEX : current
}

/** The generations that stay on disk: what NGINX serves, or may have to serve again. */
export function generationsToKeep({current, previous, lastGood}: Serving): GenerationIndex[] {
  return [current, previous, lastGood].flatMap((each) => each ?? [])
}
