/** Checks whether symbolic links lead out of a repository: an untrusted one may contain a link to any file of the host. */
import {existsSync} from 'node:fs'
import {lstat, realpath} from 'node:fs/promises'
import {join, sep} from 'node:path'
import {repositoryRoot} from './repository-root.js'

/**
 * True if `path`, or a link on the way to it, leads out of the repository that contains the link, or out of `cwd` if no repository
 * contains it. Other links belong to the host (/var/run) and may lead anywhere. Both paths are absolute; `cwd` has no links.
 */
export async function leadsOut(path: string, cwd: string): Promise<boolean> {
  let real: string = sep
  for (const name of path.split(sep).filter(Boolean)) {
    const next = await targetOf(join(real, name))
    // A missing file or a dangling link is reported by its reader.
    if (next === undefined) return false
    const root = next === join(real, name) ? undefined : rootAround(real, cwd)
    if (root !== undefined && !isBelow(next, root)) return true
    real = next
  }
  return false
}

export function isBelow(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)
}

async function targetOf(path: string): Promise<string | undefined> {
  const stats = await lstat(path).catch(() => undefined)
  return stats?.isSymbolicLink() ? realpath(path).catch(() => undefined) : stats && path
}

function rootAround(folder: string, cwd: string): string | undefined {
  const root = repositoryRoot(folder)
  if (existsSync(join(root, '.git'))) return root
  return isBelow(folder, cwd) ? cwd : undefined
}
