/** Finds `.lbex.yaml` in a folder or in its parents, up to the root of the repository. */
import {lstat, realpath, stat} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {Failure} from '../../diagnostics/failure.js'
import {isBelow} from '../../util/leads-out.js'
import {readBounded} from '../../util/read-bounded.js'
import {fileUnreadable} from '../../sources/manifests/file-failures.js'

const CONFIG_NAME = '.lbex.yaml'

export type LintConfigFile = {readonly path: string; readonly text: string}

/**
 * Undefined if there is none from `folder` up to `root`. Rejects with a Failure if the file cannot be read, if a link leads to it
 * from outside of `root`, or if its owner is not root, the user of this process or the owner of the repository: in a shared folder
 * any user could put one.
 */
export async function findConfig(folder: string, root: string): Promise<LintConfigFile | undefined> {
  const path = join(folder, CONFIG_NAME)
  const real = await realPathOf(path)
  if (real !== undefined) {
    // Check this before the file is read, because diagnostics show its lines.
    if (!isBelow(real, await realpath(root))) throw configOutside(path)
    await Promise.all([path, real].map((file) => refuseOtherOwner(file, root)))
    const text = await readConfigText(real).catch((error: unknown) => {
      throw fileUnreadable(path, error, false)
    })
    return {path, text}
  }
  return folder === root || dirname(folder) === folder ? undefined : findConfig(dirname(folder), root)
}

export function configOutside(path: string): Failure {
  return new Failure(`cannot read ${path}: a symbolic link leads outside of its repository`, {
    code: 'config-outside',
    hint: 'give the file itself with --config, or ignore it with --config none',
  })
}

/** Maximum size of a configuration file, bytes. */
const MOST_BYTES = 1024 * 1024

export async function readConfigText(path: string): Promise<string> {
  return String(await readBounded(path, {limit: MOST_BYTES}))
}

async function refuseOtherOwner(path: string, root: string): Promise<void> {
  const [{uid}, {uid: owner}] = await Promise.all([lstat(path), stat(root)])
  if ([0, process.geteuid?.(), owner].includes(uid)) return
  throw new Failure(`${path} belongs to user ${uid}, who does not own ${root}`, {
    code: 'config-of-another-user',
    hint: 'give it with --config, or ignore it with --config none',
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
