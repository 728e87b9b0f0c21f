/** Finds the root of a repository. */
import {existsSync} from 'node:fs'
import {dirname, join} from 'node:path'

/** The nearest folder from `folder` upward that contains `.git`; `folder` itself if there is none. */
export function repositoryRoot(folder: string): string {
  let root = folder
  while (!existsSync(join(root, '.git'))) {
    if (dirname(root) === root) return folder
    root = dirname(root)
  }
  return root
}
