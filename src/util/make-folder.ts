import {mkdir, stat} from 'node:fs/promises'
import {dirname} from 'node:path'

/**
 * Makes a folder and those above it, as `mkdir -p` does. Node's own recursive mkdir goes round for ever where the folder
 * above exists and takes none, as in /proc. Rejects with the system's error.
 */
export async function makeFolder(path: string): Promise<void> {
  const isMissing = (error: NodeJS.ErrnoException): boolean =>
    error.code === 'ENOENT' && dirname(path) !== path
  try {
    await makeOne(path)
  } catch (error) {
    if (!isMissing(error as NodeJS.ErrnoException)) throw error
    await makeFolder(dirname(path))
    await makeOne(path)
  }
}

/** A folder that is there already, perhaps since a moment ago, is as good as a new one. */
async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path, 0o755)
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST' && (await stat(path)).isDirectory()
    if (!isThere) throw error
  }
}
