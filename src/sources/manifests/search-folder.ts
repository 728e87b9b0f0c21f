/** The manifests in a folder and in those below it. */
import {readdir, realpath} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {fileUnreadable} from './file-failures.js'
import {statOf} from './file-stats.js'
import type {FindOptions, FoundFiles, FoundFile} from './found-files.js'

/** Names of files that are read in a folder. */
export const MANIFEST_NAME = /\.(?:ya?ml|json)$/

/** `seen` holds the real paths of the folders so far: a link may lead back to one of them. */
export async function searchFolder(
  folder: string,
  options: FindOptions,
  seen = new Set<string>(),
): Promise<FoundFiles> {
  const files: FoundFile[] = []
  const folders = [resolve(options.cwd, folder)]
  for (const name of await namesIn(folder, options, seen)) {
    const file = join(folder, name)
    const stats = await statOf(file, options)
    if (stats?.isDirectory()) {
      const below = await searchFolder(file, options, seen)
      files.push(...below.files)
      folders.push(...below.folders)
    } else if (MANIFEST_NAME.test(name) && stats?.isFile() !== false) {
      // A link that leads nowhere is among them: whoever reads it says so.
      files.push({file, path: resolve(options.cwd, file), isPipe: false})
    }
  }
  return {files, folders}
}

/** Hidden entries are passed by: editors keep their files there, and mounted ConfigMaps their versions. */
async function namesIn(folder: string, {cwd, temporary}: FindOptions, seen: Set<string>): Promise<string[]> {
  try {
    const real = await realpath(resolve(cwd, folder))
    if (seen.has(real)) return []
    seen.add(real)
    const names = await readdir(real)
    return names.filter((name) => !name.startsWith('.') && name !== 'node_modules').sort()
  } catch (error) {
    throw fileUnreadable(folder, error, temporary)
  }
}
