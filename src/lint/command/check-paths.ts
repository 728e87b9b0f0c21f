/** Names of files: as URIs relative to the root of the repository, and as paths relative to the configuration. */
import {realpathSync} from 'node:fs'
import {basename, dirname, join, relative, resolve, sep} from 'node:path'
import {pathToFileURL} from 'node:url'

/** Converts a file name to a URI relative to the root; an absolute URI if the file is outside of it. */
export function uriFrom(root: string, cwd: string): (file: string) => string | undefined {
  return (file) => {
    if (file.startsWith('<')) return undefined
    const path = resolve(cwd, file)
    const below = pathBelow(root, path)
    return below === undefined ? pathToFileURL(path).href : below.split('/').map(encodeURIComponent).join('/')
  }
}

/** Relative path with `/`; undefined if the path is not below the folder. */
export function pathBelow(folder: string, path: string): string | undefined {
  const below = relative(folder, path)
  return below === '..' || below.startsWith(`..${sep}`) ? undefined : below.split(sep).join('/')
}

/** Resolves links in the part of the path that exists, so that two names of one file give one path. */
export function realPathOf(path: string): string {
  const absolute = resolve(path)
  try {
    return realpathSync.native(absolute)
  } catch {
    // The file does not exist yet, or is a pipe: its link in /dev/fd has no target with a path.
    const folder = dirname(absolute)
    return folder === absolute ? absolute : join(realPathOf(folder), basename(absolute))
  }
}
