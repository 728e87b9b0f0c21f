/** What can be seen of files from outside: two states with one fingerprint hold the same files, most likely unchanged. */
import {realpath, stat} from 'node:fs/promises'
import type {FoundFile} from './found-files.js'
import {inBatches} from './in-batches.js'

export type FileState = {
  readonly path: string
  /** Where links lead in the end; undefined for a file that is not there. */
  readonly realPath?: string
  readonly stamp: string
}

/** The states of the regular files among `files`; those that are gone are such a state too. */
export async function fileStates(files: readonly FoundFile[]): Promise<FileState[]> {
  return inBatches(
    files.filter(({isPipe}) => !isPipe),
    ({path}) => stateOf(path),
  )
}

async function stateOf(path: string): Promise<FileState> {
  try {
    const realPath = await realpath(path)
    const {dev, ino, size, mtimeNs, ctimeNs} = await stat(path, {bigint: true})
    return {path, realPath, stamp: [dev, ino, size, mtimeNs, ctimeNs].join(' ')}
  } catch (error) {
    return {path, stamp: String((error as NodeJS.ErrnoException).code)}
  }
}

export function fingerprintOf(states: readonly FileState[]): string {
  return states.map(({path, realPath, stamp}) => `${path} ${realPath ?? ''} ${stamp}`).join('\n')
}
