/** What an apply has to do: the difference between what NGINX serves and what is wanted. */
import {pathsOf, type Manifest, type ManifestFile} from './manifest.js'

export type ChangeSet = {
  readonly add: readonly ManifestFile[]
  readonly remove: readonly ManifestFile[]
  /** nginx.conf itself differs. */
  readonly mainChanged: boolean
}

/** Pure; without a live generation everything is to be added. `planChanges(x, x)` is empty. */
export function planChanges(live: Manifest | undefined, wanted: Manifest): ChangeSet {
  return {
    add: live ? missingIn(live, wanted) : wanted.files,
    remove: live ? missingIn(wanted, live) : [],
    mainChanged: live?.main !== wanted.main,
  }
}

export function isEmpty({add, remove, mainChanged}: ChangeSet): boolean {
  return add.length === 0 && remove.length === 0 && !mainChanged
}

/** The files of `other` that are not in `manifest`; a path says what is in it. */
function missingIn(manifest: Manifest, other: Manifest): ManifestFile[] {
  const paths = pathsOf(manifest)
  return other.files.filter(({path}) => !paths.has(path))
}
