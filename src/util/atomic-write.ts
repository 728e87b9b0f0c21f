import {randomBytes} from 'node:crypto'
import {open, rename, rm} from 'node:fs/promises'
import {dirname} from 'node:path'

/**
 * Writes `text` so that a reader, also after a crash at any moment, gets the old content or the new, never a part: writes a
 * temporary file, syncs it, and renames it. `sync: false` skips the sync, for content that can be verified. `mode`: the permissions
 * from the first byte on; default: everybody may read the file.
 */
export async function writeFileAtomically(
  path: string,
  text: string,
  {sync = true, mode = 0o644}: {sync?: boolean; mode?: number} = {},
): Promise<void> {
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`
  try {
    const file = await open(temporary, 'wx', mode)
    try {
      await file.writeFile(text)
      if (sync) await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    if (sync) await syncPath(dirname(path))
  } catch (error) {
    await rm(temporary, {force: true}).catch(() => {})
    throw error
  }
}

/** Makes the content of a file, or the names in a folder, survive a power loss. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
