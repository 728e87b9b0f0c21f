/** The files that several paths lead to. */
import {Failure} from '../../diagnostics/failure.js'
import {findFiles} from './find-files.js'
import type {FindOptions, FoundFile} from './found.js'
import {STDIN} from './read-text.js'

/** Every file once, in the order of the paths; `-` is stdin. Throws a Failure like findFiles, unless `allowEmpty` takes nothing for fine. */
export async function findAllFiles(
  paths: readonly string[],
  options: FindOptions & {readonly allowEmpty?: boolean},
): Promise<FoundFile[]> {
  const files: FoundFile[] = []
  for (const path of paths) {
    const found = path === STDIN.path ? [STDIN] : await filesOf(path, options)
    files.push(...found)
  }
  return firstOfEach(files)
}

async function filesOf(
  path: string,
  options: FindOptions & {readonly allowEmpty?: boolean},
): Promise<readonly FoundFile[]> {
  try {
    return (await findFiles(path, options)).files
  } catch (error) {
    const isEmpty =
      error instanceof Failure && (error.code === 'path-not-found' || error.code === 'no-manifests')
    if (isEmpty && options.allowEmpty) return []
    throw error
  }
}

/** A file that several paths lead to is read once. */
function firstOfEach(files: readonly FoundFile[]): FoundFile[] {
  return [...new Map(files.toReversed().map((file) => [file.path, file])).values()].reverse()
}
