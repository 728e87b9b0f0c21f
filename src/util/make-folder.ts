import {chmod, mkdir, stat} from 'node:fs/promises'
import {dirname} from 'node:path'

/**
 * Creates a folder and those above it, as `mkdir -p` does. Node's own recursive mkdir loops forever if the folder above exists
 * and allows no subfolders, as in /proc. Rejects with the system's error.
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

/** An existing folder is accepted, also if another process has just created it. */
async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path, 0o755)
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST' && (await stat(path)).isDirectory()
    if (!isThere) throw error
  }
}

const PRIVATE = 0o700

/**
 * A folder that only the user of lbex can enter. A unix socket in it needs that: NGINX lets every user connect to its sockets.
 * Rejects with the system's error, also if the folder belongs to another user.
 */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, {recursive: true, mode: PRIVATE})
  await chmod(path, PRIVATE)
}
