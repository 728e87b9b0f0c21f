/**
 * The key of live updates: a random word that lbex writes before each reload and NGINX loads with its configuration. A request to
 * change servers must have it, and an entry of the dictionary counts only for workers that loaded the key it was written with.
 * So no entry can outlive the reload that contains it, whatever fails.
 */
import {randomBytes} from 'node:crypto'
import {chmod, mkdir, open, readFile, rename} from 'node:fs/promises'
import {dirname} from 'node:path'
import {absent} from '../store/disk-failure.js'

/** Writes a new key for the next configuration that NGINX loads, and returns it. Rejects with an error of the file system. */
export async function renewKey(path: string): Promise<string> {
  const key = randomBytes(16).toString('hex')
  await writeKey(path, key)
  return key
}

/** Writes `key` for the next configuration that NGINX loads. Rejects with an error of the file system. */
export async function writeKey(path: string, key: string): Promise<void> {
  const folder = dirname(path)
  await makePrivateFolder(folder)
  // Not `key*`, which NGINX loads.
  const temporary = `${folder}/new-key`
  const file = await open(temporary, 'w', PRIVATE_FILE)
  try {
    await file.writeFile(`js_var $lbex_key ${key};\n`)
  } finally {
    await file.close()
  }
  await rename(temporary, path)
}

/** NGINX lets every user connect to its unix sockets: only the folder keeps other users out. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, {recursive: true, mode: PRIVATE_FOLDER})
  await chmod(path, PRIVATE_FOLDER)
}

/** The key that was written last: an earlier lbex may have written it. */
export async function readKey(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'latin1').catch(absent)
  return /^js_var \$lbex_key ([0-9a-f]{32});$/m.exec(text ?? '')?.[1]
}

const PRIVATE_FOLDER = 0o700
const PRIVATE_FILE = 0o600
