/** What the paths of `-f` stand for at this moment, as far as it can be seen without reading a file. */
import {existsSync} from 'node:fs'
import {dirname, resolve} from 'node:path'
import {Failure} from '../../diagnostics/failure.js'
import {fileStates, fingerprintOf, type FileState} from './fingerprint.js'
import {findFiles, splitGlob} from './find-files.js'
import type {FoundFiles} from './found-files.js'

export type PathScan = {
  /** Every path that leads to the files, links and their targets. */
  readonly files: ReadonlySet<string>
  /** The folders in which something may come, go or change. */
  readonly folders: ReadonlySet<string>
  readonly fingerprint: string
}

/** A path that is missing or unreadable is something to see like any other. `cwd` is absolute. */
export async function look(paths: readonly string[], cwd: string): Promise<PathScan> {
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

/** Where a path would appear that is not there, and where a folder would be replaced that is. */
function foldersAbove(paths: readonly string[], cwd: string): string[] {
  const starts = paths.map((path) =>
    resolve(cwd, existsSync(resolve(cwd, path)) ? path : splitGlob(path).base),
  )
  return starts.flatMap((start) => [nearestFolder(start), nearestFolder(dirname(start))])
}

function nearestFolder(path: string): string {
  // The slash at the end makes a folder of it: a file is not found.
  return existsSync(`${path}/`) || dirname(path) === path ? path : nearestFolder(dirname(path))
}
