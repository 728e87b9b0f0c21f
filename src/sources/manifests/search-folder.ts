/** Finds the manifests in a folder and its subfolders. */
import {readdir, realpath} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {fileUnreadable} from './file-failures.js'
import {statOf} from './file-stats.js'
import type {FindOptions, FoundFiles, FoundFile} from './found-files.js'

/** Names of the files that are read in a folder. */
export const MANIFEST_NAME = /\.(?:ya?ml|json)$/

/** `visited`: real paths of the folders so far, because a link may lead back to one of them. */
export async function searchFolder(
  folder: string,
  options: FindOptions,
  visited = new Set<string>(),
): Promise<FoundFiles> {
  const files: FoundFile[] = []
  const folders = [resolve(options.cwd, folder)]
  for (const name of await namesIn(folder, options, visited)) {
    const file = join(folder, name)
    const stats = await statOf(file, options)
    if (stats?.isDirectory()) {
      const below = await searchFolder(file, options, visited)
      files.push(...below.files)
      folders.push(...below.folders)
    } else if (MANIFEST_NAME.test(name) && stats?.isFile() !== false) {
      // Includes a dangling link: reading it reports the error.
      files.push({file, path: resolve(options.cwd, file), isPipe: false})
    }
  }
  return {files, folders}
}

/** Skips hidden entries, such as temporary files of editors and the versions of a mounted ConfigMap. */
async function namesIn(
  folder: string,
  {cwd, temporary}: FindOptions,
  visited: Set<string>,
): Promise<string[]> {
  try {
    const real = await realpath(resolve(cwd, folder))
    if (visited.has(real)) return []
    visited.add(real)
    const names = await readdir(real)
    return names.filter((name) => !name.startsWith('.') && name !== 'node_modules').sort()
  } catch (error) {
    throw fileUnreadable(folder, error, temporary)
  }
}
