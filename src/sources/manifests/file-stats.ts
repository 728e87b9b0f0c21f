/** A stat that returns undefined for a missing file. */
import type {Stats} from 'node:fs'
import {stat} from 'node:fs/promises'
import {resolve} from 'node:path'
import {fileUnreadable} from './file-failures.js'
import type {FindOptions} from './found-files.js'

/** Follows links. Undefined if there is nothing at `path`. */
export async function statOf(path: string, {cwd, temporary}: FindOptions): Promise<Stats | undefined> {
  try {
    return await stat(resolve(cwd, path))
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw fileUnreadable(path, error, temporary)
  }
}
