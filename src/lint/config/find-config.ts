/** Looks for `.lbex.yaml` in a folder and in those above it, as far as the repository. */
import {lstat, realpath, stat} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {Failure} from '../../diagnostics/failure.js'
import {isBelow} from '../../util/leads-out.js'
import {readBounded} from '../../util/read-bounded.js'
import {fileUnreadable} from '../../sources/manifests/file-failures.js'

const CONFIG_NAME = '.lbex.yaml'

export type ConfigFile = {readonly path: string; readonly text: string}

/**
 * Undefined if there is none from `folder` up to `root`. Rejects with a Failure if there is one that cannot be read, that a link
 * takes from outside of `root`, or that belongs to another user than its repository, this process and root: in a shared folder
 * anybody can put one.
 */
export async function findConfig(folder: string, root: string): Promise<ConfigFile | undefined> {
  const path = join(folder, CONFIG_NAME)
  const real = await realPathOf(path)
  if (real !== undefined) {
    // Before a byte is read: findings show lines of it.
    if (!isBelow(real, await realpath(root))) throw configOutside(path)
    await Promise.all([path, real].map((file) => refuseStranger(file, root)))
    const text = await readConfigText(real).catch((error: unknown) => {
      throw fileUnreadable(path, error, false)
    })
    return {path, text}
  }
  return folder === root || dirname(folder) === folder ? undefined : findConfig(dirname(folder), root)
}

export function configOutside(path: string): Failure {
  return new Failure(`cannot read ${path}: a symbolic link leads out of its repository`, {
    code: 'config-outside',
    hint: 'name the file itself with --config, or leave it out with --config none',
  })
}

/** Bytes of a configuration. */
const MOST_BYTES = 1024 * 1024

export async function readConfigText(path: string): Promise<string> {
  return String(await readBounded(path, {limit: MOST_BYTES}))
}

async function refuseStranger(path: string, root: string): Promise<void> {
  const [{uid}, {uid: owner}] = await Promise.all([lstat(path), stat(root)])
  if ([0, process.geteuid?.(), owner].includes(uid)) return
  throw new Failure(`${path} belongs to user ${uid}, who does not own ${root}`, {
    code: 'config-of-another-user',
    hint: 'name it with --config, or leave it out with --config none',
  })
}

async function realPathOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path)
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw fileUnreadable(path, error, false)
  }
}
