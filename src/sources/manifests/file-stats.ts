/** A stat that takes "not there" for an answer. */
import type {Stats} from 'node:fs'
import {stat} from 'node:fs/promises'
import {resolve} from 'node:path'
import {fileUnreadable} from './file-failures.js'
import type {FindOptions} from './found-files.js'

/** What `path` leads to; undefined when there is nothing. */
export async function statOf(path: string, {cwd, temporary}: FindOptions): Promise<Stats | undefined> {
  try {
    return await stat(resolve(cwd, path))
  } catch (error) {
    const {code} = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw fileUnreadable(path, error, temporary)
  }
}
