/** Writes files, but not through symbolic links: an untrusted repository may contain some. */
import {constants} from 'node:fs'
import {lstat, open, stat} from 'node:fs/promises'
import {join, relative, resolve, sep} from 'node:path'
import {isOwnStream} from './own-streams.js'

/**
 * Rejects if a part of `path` below `root` is a symbolic link; of a path that is not below it, only the last part counts. A
 * device or a pipe, such as /dev/stdout, may be reached through links.
 */
export async function refuseLinks(path: string, root: string): Promise<void> {
  const link = await firstLink(path, root)
  if (link === undefined || (await isDeviceOrPipe(path))) return
  throw new Error(`${link} is a symbolic link, and nothing is written through links`)
}

/** Writes a file. Rejects if it is a link, also if it became one since the check. */
export async function writeWithoutLinks(path: string, text: string, root: string): Promise<void> {
  await refuseLinks(path, root)
  const {O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW} = constants
  const follow = (await isDeviceOrPipe(path)) ? 0 : O_NOFOLLOW
  const file = await open(path, O_WRONLY | O_CREAT | O_TRUNC | follow, 0o666)
  try {
    await file.writeFile(text)
  } finally {
    await file.close()
  }
}

async function firstLink(path: string, root: string): Promise<string | undefined> {
  const parts = relative(root, resolve(path)).split(sep)
  let part = parts[0] === '..' ? resolve(path, '..') : resolve(root)
  for (const name of parts[0] === '..' ? parts.slice(-1) : parts) {
    part = join(part, name)
    if (await isLink(part)) return part
  }
  return undefined
}

async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  )
}

/** True for the path of a stream of this process too, which may refer to a file. */
export async function isDeviceOrPipe(path: string): Promise<boolean> {
  if (isOwnStream(path)) return true
  return stat(path).then(
    (stats) => !stats.isFile() && !stats.isDirectory(),
    () => false,
  )
}
