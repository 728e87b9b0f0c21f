/**
 * The key of the access log: a random word that NGINX puts into each line that it sends to lbex, so that lines of other programs
 * are recognized. It stays the same over restarts of lbex, because NGINX loads it only with a configuration.
 */
import {randomBytes} from 'node:crypto'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {writePrivateFile} from '../../../util/private-file.js'
import {absent, diskFailure} from './disk-failure.js'

/** Reads the key in the folder of NGINX, or creates it. Rejects with the Failure `directory-unusable`. */
export async function openLogKey(directory: string): Promise<string> {
  const path = join(directory, 'observe/key.conf')
  try {
    const text = await readFile(path, 'latin1').catch(absent)
    const known = /^geo \$lbex_log_key \{ default ([0-9a-f]{32}); \}\n$/.exec(text ?? '')?.[1]
    if (known !== undefined) return known
    const key = randomBytes(16).toString('hex')
    // Not `key.*`, which NGINX loads.
    await writePrivateFile(path, `geo $lbex_log_key { default ${key}; }\n`, 'new-key')
    return key
  } catch (error) {
    return diskFailure(error)
  }
}
