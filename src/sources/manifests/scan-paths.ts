/** Scans the paths of `-f`: finds the current files and folders, and their fingerprint, without reading a file. */
import {existsSync} from 'node:fs'
import {dirname, resolve} from 'node:path'
import {Failure} from '../../diagnostics/failure.js'
import {fileStates, fingerprintOf, type FileState} from './fingerprint.js'
import {findFiles, splitGlob} from './find-files.js'
import type {FoundFiles} from './found-files.js'

export type PathScan = {
  /** All paths of the files: links and their targets. */
  readonly files: ReadonlySet<string>
  /** The folders to watch. */
  readonly folders: ReadonlySet<string>
  readonly fingerprint: string
}

/** A missing or unreadable path is part of the fingerprint. `cwd` is absolute. */
export async function scanPaths(paths: readonly string[], cwd: string): Promise<PathScan> {
  const found: FoundFiles[] = []
  const failures: string[] = []
  for (const path of paths) {
    const result = await tryToFind(path, cwd)
    if (result instanceof Failure) failures.push(`${path} ${result.code}`)
    else found.push(result)
  }
  const states = await fileStates(found.flatMap(({files}) => files))
  return {
    files: new Set(states.flatMap(({path, realPath = path}) => [path, realPath])),
    folders: new Set([
      ...foldersAbove(paths, cwd),
      ...found.flatMap((one) => one.folders),
      ...foldersOf(states),
    ]),
    fingerprint: [fingerprintOf(states), ...failures].join('\n'),
  }
}

async function tryToFind(path: string, cwd: string): Promise<FoundFiles | Failure> {
  try {
    return await findFiles(path, {cwd, temporary: true})
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

function foldersOf(states: readonly FileState[]): string[] {
  return states.flatMap(({path, realPath = path}) => [dirname(path), dirname(realPath)])
}

/** The folders in which a missing path would be created, or an existing folder would be replaced. */
function foldersAbove(paths: readonly string[], cwd: string): string[] {
  const starts = paths.map((path) =>
    resolve(cwd, existsSync(resolve(cwd, path)) ? path : splitGlob(path).base),
  )
  return starts.flatMap((start) => [nearestFolder(start), nearestFolder(dirname(start))])
}

function nearestFolder(path: string): string {
  // With a slash at the end, only a folder exists.
  return existsSync(`${path}/`) || dirname(path) === path ? path : nearestFolder(dirname(path))
}
