/** Fingerprints of files by their metadata: if it is equal, the files have most likely not changed. */
import {realpath, stat} from 'node:fs/promises'
import type {FoundFile} from './found-files.js'
import {FILES_AT_A_TIME, mapLimited} from '../../util/concurrency.js'

export type FileState = {
  readonly path: string
  /** With all links resolved; undefined for a missing file. */
  readonly realPath?: string
  readonly stamp: string
}

/** The states of the regular files, including missing ones. */
export async function fileStates(files: readonly FoundFile[]): Promise<FileState[]> {
  return mapLimited(
    files.filter(({isPipe}) => !isPipe),
    FILES_AT_A_TIME,
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
