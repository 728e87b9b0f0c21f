/**
 * The key of live updates: a random word that lbex writes before each reload and NGINX loads with its configuration. A request to
 * change servers must have it, and an entry of the dictionary counts only for workers that loaded the key it was written with.
 * So no entry can outlive the reload that contains it, whatever fails.
 */
import {randomBytes} from 'node:crypto'
import {readFile} from 'node:fs/promises'
import {writePrivateFile} from '../../../util/private-file.js'
import {absent} from '../store/disk-failure.js'

/** What NGINX loads besides its configuration. */
export type LoadedKey = {
  /** The key. */
  readonly word: string
  /**
   * Size of the dictionary in megabytes. A dictionary survives a reload only if its size does not change: another size gives NGINX
   * an empty dictionary with a lock of its own.
   */
  readonly zone: number
}

/** An entry takes some 50 bytes for each server. */
export const FIRST_ZONE = 16

/** The size of a dictionary that replaces one of the size `zone`. */
export function otherZone(zone: number): number {
  return zone === FIRST_ZONE ? FIRST_ZONE + 1 : FIRST_ZONE
}

/** Writes a new key for the next configuration that NGINX loads, and returns it. Rejects with an error of the file system. */
export async function renewKey(path: string, zone: number): Promise<LoadedKey> {
  const key = {word: randomBytes(16).toString('hex'), zone}
  await writeKey(path, key)
  return key
}

/** Writes `key` for the next configuration that NGINX loads. Rejects with an error of the file system. */
export async function writeKey(path: string, {word, zone}: LoadedKey): Promise<void> {
  // Not `key*`, which NGINX loads. The folder is private because NGINX lets every user connect to its unix sockets.
  const text = `js_shared_dict_zone zone=lbex:${zone}m;\njs_var $lbex_key ${word};\n`
  await writePrivateFile(path, text, 'new-key')
}

/** The key that was written last: an earlier lbex may have written it. */
export async function readKey(path: string): Promise<LoadedKey | undefined> {
  const text = await readFile(path, 'latin1').catch(absent)
  const [, zone, word] = KEY_FILE.exec(text ?? '') ?? []
  return word === undefined ? undefined : {word, zone: Number(zone)}
}

const KEY_FILE = /^js_shared_dict_zone zone=lbex:(\d+)m;\njs_var \$lbex_key ([0-9a-f]{32});\n$/
