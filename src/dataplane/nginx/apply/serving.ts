/** What is known of what NGINX serves: one value, replaced as a whole by these transitions. */
import type {Without} from '../../data-plane.js'
import type {ConfigFile} from '../../config-file.js'
import {EMPTY, type Manifest} from '../store/manifest.js'

export type Serving = {
  /**
   * `none`: no process of ours holds a listener. `uncertain`: one does, or did and will be restarted, and it is not known
   * whether it serves `current`: the next commit then reloads in any case. `confirmed`: NGINX answered that it serves `current`.
   */
  readonly state: 'none' | 'uncertain' | 'confirmed'
  /** The generation that the link `current` names: what NGINX serves, or served last. Undefined if the disk has none. */
  readonly current: Manifest | undefined
  /** What `current` was before. */
  readonly previous: Manifest | undefined
  /** The last generation that held everything that was asked for: an interim one does not, and lends no files. */
  readonly lastGood: Manifest | undefined
  /** What the last commit was asked for; undefined before the first. */
  readonly asked: Asked | undefined
}

/** Files that were asked for, and how to get them without listeners that are unavailable. */
export type Asked = {readonly asked: readonly ConfigFile[]; readonly without?: Without | undefined}

/** Before anything is known. */
export const NOTHING_SERVED: Serving = {
  state: 'none',
  current: undefined,
  previous: undefined,
  lastGood: undefined,
  asked: undefined,
}

/** NGINX confirmed that it serves `manifest`. */
export function switched(serving: Serving, manifest: Manifest): Serving {
  return {...serving, state: 'confirmed', current: manifest, previous: serving.current}
}

/** A start or a reload gave no answer. */
export function doubted(serving: Serving): Serving {
  return serving.state === 'confirmed' ? {...serving, state: 'uncertain'} : serving
}

/** `asked` is served, but for what was left out. */
export function completed(serving: Serving, asked: Asked): Serving {
  return {...serving, asked, lastGood: serving.current}
}

/**
 * The generation whose listeners processes of ours hold, or will hold again as soon as NGINX is restarted; undefined if they
 * hold some and nothing on disk says which.
 */
export function ownedBy({state, current}: Serving): Manifest | undefined {
  return state === 'none' ? EMPTY : current
}

/** The generations that stay on disk: what NGINX serves, or may have to serve again. */
export function generationsToKeep({current, previous, lastGood}: Serving): Manifest[] {
  return [current, previous, lastGood].flatMap((each) => each ?? [])
}
