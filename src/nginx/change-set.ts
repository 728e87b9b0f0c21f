/** What an apply has to do: the difference between what NGINX serves and what is wanted. */
import type {Manifest, ManifestFile} from './manifest.js'

export type ChangeSet = {
  readonly add: readonly ManifestFile[]
  readonly remove: readonly ManifestFile[]
  /** nginx.conf itself differs. */
  readonly mainChanged: boolean
}

/** Pure; without a live generation everything is to be added. `planChanges(x, x)` is empty. */
export function planChanges(live: Manifest | undefined, wanted: Manifest): ChangeSet {
  return {
    add: missingIn(live?.files ?? [], wanted.files),
    remove: missingIn(wanted.files, live?.files ?? []),
    mainChanged: live?.main !== wanted.main,
  }
}

export function isEmpty({add, remove, mainChanged}: ChangeSet): boolean {
  return add.length === 0 && remove.length === 0 && !mainChanged
}

/** The files of `others` that are not among `files`; a path says what is in it. */
function missingIn(files: readonly ManifestFile[], others: readonly ManifestFile[]): ManifestFile[] {
  const paths = new Set(files.map(({path}) => path))
  return others.filter(({path}) => !paths.has(path))
}
