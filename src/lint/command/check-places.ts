/** How files are called: in URIs that begin at the root of the repository, and in patterns that begin at the configuration. */
import {realpathSync} from 'node:fs'
import {basename, dirname, join, relative, resolve, sep} from 'node:path'
import {pathToFileURL} from 'node:url'

/** From a name as it is shown to the path from the root, encoded for a URI; a whole URI for what is outside of it. */
export function uriFrom(root: string, cwd: string): (file: string) => string | undefined {
  return (file) => {
    if (file.startsWith('<')) return undefined
    const path = resolve(cwd, file)
    const below = pathBelow(root, path)
    return below === undefined ? pathToFileURL(path).href : below.split('/').map(encodeURIComponent).join('/')
  }
}

/** With `/`; undefined for what is not below the folder. */
export function pathBelow(folder: string, path: string): string | undefined {
  const below = relative(folder, path)
  return below === '..' || below.startsWith(`..${sep}`) ? undefined : below.split(sep).join('/')
}

/** Where links lead, as far as the path is there: two names of one file have one. */
export function realPathOf(path: string): string {
  const absolute = resolve(path)
  try {
    return realpathSync.native(absolute)
  } catch {
    // Not there yet, or a pipe, which is a link in /dev/fd to nothing that has a path.
    const folder = dirname(absolute)
    return folder === absolute ? absolute : join(realPathOf(folder), basename(absolute))
  }
}
