/** Looks for `.lbex.yaml` in a folder and in those above it. */
import {dirname, join} from 'node:path'
import {readBounded} from '../read-bounded.js'
import {fileUnreadable} from '../manifests/file-failures.js'

const CONFIG_NAME = '.lbex.yaml'

export type ConfigFile = {readonly path: string; readonly text: string}

/** Undefined where there is none. Rejects with a Failure where there is one that cannot be read. */
export async function findConfig(folder: string): Promise<ConfigFile | undefined> {
  const path = join(folder, CONFIG_NAME)
  const text = await readIfThere(path)
  if (text !== undefined) return {path, text}
  return dirname(folder) === folder ? undefined : findConfig(dirname(folder))
}

/** Bytes of a configuration. */
const MOST_BYTES = 1024 * 1024

export async function readConfigText(path: string): Promise<string> {
  return String(await readBounded(path, {limit: MOST_BYTES}))
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readConfigText(path)
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw fileUnreadable(path, error, false)
  }
}
