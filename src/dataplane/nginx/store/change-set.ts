/** What an apply has to do: the difference between what NGINX serves and what is wanted. */
import {pathsOf, type GenerationIndex, type IndexedFile} from './generation-index.js'

export type ChangeSet = {
  readonly add: readonly IndexedFile[]
  readonly remove: readonly IndexedFile[]
  /** nginx.conf itself differs. */
  readonly mainChanged: boolean
}

/** Pure; without a live generation everything is to be added. `planChanges(x, x)` is empty. */
export function planChanges(live: GenerationIndex | undefined, wanted: GenerationIndex): ChangeSet {
  return {
    add: live ? missingIn(live, wanted) : wanted.files,
    remove: live ? missingIn(wanted, live) : [],
    mainChanged: live?.main !== wanted.main,
  }
}

export function isEmpty({add, remove, mainChanged}: ChangeSet): boolean {
  return add.length === 0 && remove.length === 0 && !mainChanged
}

/** The files of `other` that are not in `index`, compared by path: equal paths have equal content. */
function missingIn(index: GenerationIndex, other: GenerationIndex): IndexedFile[] {
  const paths = pathsOf(index)
  return other.files.filter(({path}) => !paths.has(path))
}
