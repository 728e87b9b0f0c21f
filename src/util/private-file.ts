/** Files that only the user of lbex can read. */
import {open, rename} from 'node:fs/promises'
import {dirname} from 'node:path'
import {makePrivateFolder} from './make-folder.js'

const PRIVATE_FILE = 0o600

/**
 * Writes a file into a private folder, which is created if it does not exist. A reader gets the old content or the new one.
 * `temporary`: name of the file before it is complete; no reader may expect it. Rejects with an error of the file system.
 */
export async function writePrivateFile(path: string, text: string, temporary: string): Promise<void> {
  const folder = dirname(path)
  await makePrivateFolder(folder)
  const file = await open(`${folder}/${temporary}`, 'w', PRIVATE_FILE)
  try {
    await file.writeFile(text)
  } finally {
    await file.close()
  }
  await rename(`${folder}/${temporary}`, path)
}
